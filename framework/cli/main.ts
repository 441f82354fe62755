#!/usr/bin/env node
import { loadBundle } from '../bundle/load';

// A reader that goes away (milepost … | head) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const terminal = {
  cwd: process.cwd(),
  env: process.env,
  isTty: process.stdout.isTTY,
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};

void loadBundle()
  .dispatch(process.argv.slice(2), terminal)
  .then((code) => {
    process.exitCode = code;
  });
