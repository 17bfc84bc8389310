/**
 * Looks for wrong answers: `node dist/bench/soak.js [--seeds 1000] [--first 0] [--what conic|markets]`.
 *
 * `conic`: so many random programs of each family of test/conic/randomFamilies.ts. `markets`: so many random
 * markets, each in every mode. Prints how runs ended and the seeds that look wrong; exits with 1 if any do.
 */
import { parseArgs } from 'node:util';
import { soakConic } from './soakConic.js';
import { soakMarkets } from './soakMarkets.js';
import { printSoak } from './soakReport.js';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '0' },
    what: { type: 'string' },
  },
});

const range = { first: Number(options.first), count: Number(options.seeds) };
const soaks = { conic: soakConic, markets: soakMarkets };
for (const [name, soak] of Object.entries(soaks)) {
  if (options.what !== undefined && options.what !== name) continue;
  if (!printSoak(name, await soak(range))) process.exitCode = 1;
}
