/** The thread of a command. */
import { commandStart, tellSupervisor } from './messages.js';
import { run } from './run.js';

tellSupervisor({ kind: 'ended', exitCode: await run(commandStart().words) });
