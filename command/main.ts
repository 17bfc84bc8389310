#!/usr/bin/env node
import { superviseCommand } from './supervisor.js';

// A reader that has seen enough, such as `head`, closes the pipe: that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EPIPE') throw failure;
  });
}

process.exitCode = await superviseCommand(process.argv.slice(2));
