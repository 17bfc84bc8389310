/**
 * What revenue adequacy costs: whole warm clears of `welfare` and of subsidised `welfare`, interleaved, for
 * the bundled feeders: `node dist/bench/revenue.js [--rounds 5] [--seconds 0.5] [--no-write]`.
 */
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { clear } from '../engine/clearing/clear.js';
import type { ResultWithOutcome } from '../engine/clearing/result.js';
import { readCase, resolveCase } from '../engine/index.js';
import {
  describeMachine,
  type Measurement,
  measure,
  printMachine,
  printTable,
  writeResults,
} from './harness.js';

const CASES = ['ieee123', 'ieee123-peak', 'ieee123-noon', 'case33bw'];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    'no-write': { type: 'boolean', default: false },
  },
});

interface Row {
  readonly case: string;
  /** Whole clears, and the median with the row over that without. */
  readonly covered: Measurement;
  readonly subsidised: Measurement;
  readonly ratio: number;
  readonly nodes: readonly [covered: number, subsidised: number];
  readonly gap: number;
  readonly surplus_usd_per_h: number;
  /** Cost with the row less cost without, $/h. */
  readonly extra_cost_usd_per_h: number;
}

async function cleared(theCase: Case, subsidised: boolean): Promise<ResultWithOutcome> {
  const result = await clear(theCase, { subsidised });
  if (result.outcome === undefined) throw new Error(`not cleared: ${result.explanation}`);
  return result;
}

async function rowOf(name: string): Promise<Row> {
  const theCase = await readCase(resolveCase(name));
  const measured = await measure(
    [false, true].map((subsidised) => ({
      name: subsidised ? 'subsidised' : 'covered',
      run: async () => (await cleared(theCase, subsidised)).objective,
    })),
    { rounds: Number(options.rounds), seconds: Number(options.seconds) },
  );
  const [ofCovered, ofSubsidised] = measured;
  if (ofCovered === undefined || ofSubsidised === undefined) throw new Error('nothing measured');
  const covered = await cleared(theCase, false);
  const subsidised = await cleared(theCase, true);
  return {
    case: name,
    covered: ofCovered,
    subsidised: ofSubsidised,
    ratio: ofCovered.median_ms / ofSubsidised.median_ms,
    nodes: [covered.nodes, subsidised.nodes],
    gap: covered.gap,
    surplus_usd_per_h: covered.operatorSurplus,
    extra_cost_usd_per_h: covered.cost - subsidised.cost,
  };
}

const machine = describeMachine();
const rows: Row[] = [];
for (const name of CASES) rows.push(await rowOf(name));
printMachine(machine);
printTable(
  ['case', 'covered, ms', 'subsidised, ms', 'ratio', 'nodes', 'gap', 'extra cost, $/h'],
  rows.map((row) => [
    row.case,
    row.covered.median_ms.toFixed(1),
    row.subsidised.median_ms.toFixed(1),
    row.ratio.toFixed(2),
    row.nodes.join(' / '),
    row.gap.toExponential(1),
    row.extra_cost_usd_per_h.toFixed(4),
  ]),
);
if (!options['no-write']) writeResults('revenue', { machine, rows });
