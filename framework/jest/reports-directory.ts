import { join, resolve } from 'node:path';

/** Where reports go: MILEPOST_OUTPUT, else reports/ in the project. Workers inherit the variable. */
export function reportsDirectory(rootDir: string): string {
  const given = process.env['MILEPOST_OUTPUT'];
  return given === undefined || given === '' ? join(rootDir, 'reports') : resolve(rootDir, given);
}
