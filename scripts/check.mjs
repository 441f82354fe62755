/** Runs the static checks side by side; prints the output of those that fail. */
import { spawn } from 'node:child_process';

const checks = ['lint', 'format:check', 'typecheck', 'deps', 'unused'];

function run(script) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => resolve({ script, code, output: Buffer.concat(output).toString() }));
  });
}

let failed = 0;
for (const { script, code, output } of await Promise.all(checks.map(run))) {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${script}`);
  if (code !== 0) {
    failed++;
    console.log(output);
  }
}
process.exit(failed === 0 ? 0 : 1);
