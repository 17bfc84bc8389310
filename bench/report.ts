/**
 * The results of all benchmarks as one page, `bench/results/report.html`: `npm run bench:report --
 * [--folder bench/results]`. It measures nothing: it reads what the other scripts have kept.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../engine/io/package.js';
import { benchmarkPage } from './report/page.js';
import { readResults } from './report/results.js';

const { values: options } = parseArgs({
  options: { folder: { type: 'string', default: join(packageFolder(), 'bench', 'results') } },
});

const file = join(options.folder, 'report.html');
writeFileSync(file, await benchmarkPage(readResults(options.folder)));
console.log(`written to ${file}`);
