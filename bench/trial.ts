/**
 * Whole days of a trial: `npm run bench:trial -- [--case ieee123] [--mode welfare] [--days 1]
 * [--interval-minutes 5] [--deadline 250] [--batteries 0.1] [--seed 1] [--name trial] [--no-write]`.
 *
 * One trial over all days, the market in this thread: how its intervals ended and how long they took, from
 * the changes to the certified answer, and by day the memory of the process. Whether memory stays flat shows
 * after a few days: `--days 10`. Progress goes to standard error.
 */
import { parseArgs } from 'node:util';
import { UsageError } from '../engine/base/errors.js';
import { MODES, type Mode, openScenario, readCase, resolveCase } from '../engine/index.js';
import { DAY_MINUTES } from '../engine/trial/clock.js';
import { describeMachine, printMachine, printTable, wholeNumber, writeResults } from './harness.js';
import { instanceHash } from './instanceHash.js';
import { printBars } from './scaling/print.js';
import { type DayRecord, judgeTrial, measureTrial, type TrialRecord } from './trial/measure.js';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'ieee123' },
    mode: { type: 'string', default: 'welfare' },
    days: { type: 'string', default: '1' },
    'interval-minutes': { type: 'string', default: '5' },
    deadline: { type: 'string', default: '250' },
    batteries: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string', default: 'trial' },
    'no-write': { type: 'boolean', default: false },
  },
});

const mode = modeNamed(options.mode);
const days = wholeNumber('--days', options.days);
const intervalMinutes = wholeNumber('--interval-minutes', options['interval-minutes']);
if (DAY_MINUTES % intervalMinutes !== 0) {
  throw new UsageError(`--interval-minutes ${intervalMinutes} must divide a day`);
}
const intervalsADay = DAY_MINUTES / intervalMinutes;
const deadlineMs = wholeNumber('--deadline', options.deadline);
const seed = wholeNumber('--seed', options.seed);
const batteryShare = Number(options.batteries);

const theCase = await readCase(resolveCase(options.case));
const machine = describeMachine();
const intervals = days * intervalsADay;
const scenario = openScenario(theCase, { seed, intervals, intervalMinutes, batteryShare });
const record = await measureTrial(scenario, { mode, deadlineMs, intervalsADay, onDay: report });
const bars = judgeTrial(record);

console.log(
  `${theCase.settings.name}: ${theCase.prosumers.id.length} prosumers, ${mode}, ` +
    `${record.intervals} intervals of ${intervalMinutes} min, deadline ${deadlineMs} ms`,
);
printMachine(machine);
printTrial(record);
console.log();
printDays(record.days);
console.log();
printBars(bars);
if (!options['no-write']) {
  writeResults(options.name, {
    case: theCase.settings.name,
    instance: instanceHash(theCase),
    prosumers: theCase.prosumers.id.length,
    mode,
    seed,
    interval_minutes: intervalMinutes,
    battery_share: batteryShare,
    deadline_ms: deadlineMs,
    machine,
    bars,
    record,
  });
}

function modeNamed(name: string): Mode {
  const found = MODES.find((known) => known === name);
  if (found === undefined) throw new UsageError(`no mode "${name}": ${MODES.join(', ')}`);
  return found;
}

function report({ clear_ms, day, rss_largest_mb }: DayRecord): void {
  const median = clear_ms.p50.toFixed(1);
  const memory = rss_largest_mb.toFixed(0);
  process.stderr.write(`[day ${day} of ${days}] median ${median} ms, up to ${memory} MB\n`);
}

function printTrial(found: TrialRecord): void {
  const { clear_ms, p99_over_median, routes, stages_ms, statuses } = found;
  printTable(
    ['clear, ms', 'median', 'p90', 'p99', 'longest', 'p99 over median'],
    [
      [
        'from changes to answer',
        ...[clear_ms.p50, clear_ms.p90, clear_ms.p99, clear_ms.longest].map((ms) => ms.toFixed(1)),
        p99_over_median.toFixed(2),
      ],
    ],
  );
  console.log();
  printTable(
    ['stages, ms', ...Object.keys(stages_ms)],
    [['median', ...Object.values(stages_ms).map((ms) => ms.toFixed(2))]],
  );
  console.log();
  for (const [what, counts] of Object.entries({ statuses, routes })) {
    const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    console.log(`${what}: ${parts.join(', ')}`);
  }
}

function printDays(found: readonly DayRecord[]): void {
  printTable(
    [
      ...['day', 'median ms', 'p99', 'longest', 'missed'],
      ...['rss MB', 'largest', 'least heap MB', 'largest'],
    ],
    found.map((day) => [
      String(day.day),
      ...[day.clear_ms.p50, day.clear_ms.p99, day.clear_ms.longest].map((ms) => ms.toFixed(1)),
      String(day.deadlines_missed),
      ...[day.rss_last_mb, day.rss_largest_mb, day.heap_least_mb, day.heap_largest_mb].map((mb) =>
        mb.toFixed(0),
      ),
    ]),
  );
}
