/**
 * Clearing again after changes, against a cold clear of the same state: `npm run bench:reclear --
 * [--case ieee123] [--rounds 40] [--seed 1] [--name reclear] [--no-write]`.
 *
 * In `welfare` and in `dlmp`, with one bid, 1 % and 5 % of the bids changed, and with all loads changed
 * (reclear/questions.ts). A re-clear is the update of the market and its clearing; what it is set beside is
 * `clear` of the case as it then is, in turn with it in every round (reclear/measure.ts).
 */
import { parseArgs } from 'node:util';
import { readCase, resolveCase } from '../engine/index.js';
import { describeMachine, printMachine, printTable, wholeNumber, writeResults } from './harness.js';
import { instanceHash } from './instanceHash.js';
import { judgeReclears, measureReclears, type ReclearRecord } from './reclear/measure.js';
import { printBars } from './scaling/print.js';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'ieee123' },
    rounds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string', default: 'reclear' },
    'no-write': { type: 'boolean', default: false },
  },
});

const rounds = wholeNumber('--rounds', options.rounds);
const seed = wholeNumber('--seed', options.seed);
const theCase = await readCase(resolveCase(options.case));
const machine = describeMachine();
const records = await measureReclears(theCase, { modes: ['welfare', 'dlmp'], rounds, seed });
const bars = judgeReclears(records);

console.log(`${theCase.settings.name}: ${theCase.prosumers.id.length} prosumers`);
printMachine(machine);
printTimes();
console.log();
printStages();
console.log();
printBars(bars);
if (!options['no-write']) {
  const instance = instanceHash(theCase);
  const { name } = theCase.settings;
  const prosumers = theCase.prosumers.id.length;
  writeResults(options.name, { case: name, instance, prosumers, seed, machine, bars, records });
}

function printTimes(): void {
  printTable(
    [
      ...['mode, what changed', 're-clear ms', 'p25', 'p75', 'cold ms', 'p25', 'p75', 'ratio', 'n'],
      ...['corrected', 'searched', 'uncertified', 'objectives off by'],
    ],
    records.map((record) => [
      nameOf(record),
      ...[record.reclear, record.cold].flatMap(({ whole }) =>
        [whole.median_ms, whole.p25_ms, whole.p75_ms].map((time) => time.toFixed(2)),
      ),
      record.reclear_over_cold.toFixed(3),
      String(record.reclear.whole.samples),
      ...[record.routes.corrected, record.routes.searched, record.uncertified].map(String),
      record.largest_difference?.toExponential(1) ?? '',
    ]),
  );
}

/** Shares of the whole, re-clear and cold clear. */
function printStages(): void {
  const stages = records[0]?.reclear.stages.map(({ name }) => name) ?? [];
  printTable(
    ['share of', '', ...stages],
    records.flatMap((record) =>
      (
        [
          ['re-clear', record.reclear],
          ['cold', record.cold],
        ] as const
      ).map(([kind, clears]) => [
        nameOf(record),
        kind,
        ...clears.stages.map(({ share }) => `${(100 * share).toFixed(0)} %`),
      ]),
    ),
  );
}

function nameOf({ mode, question }: ReclearRecord): string {
  return `${mode}, ${question}`;
}
