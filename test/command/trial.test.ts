import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { caseFolder, finished, startWattshare, temporaryFolder, wattshare } from './harness.js';

const INTERVALS = 8;

/** A short day with storage, vehicles, bids and operations, which nothing cuts short. */
const DAY = [
  ...['trial', 'five-bus', '--intervals', String(INTERVALS), '--minutes', '60', '--start', '08:00'],
  ...['--batteries', '0.5', '--vehicles', '0.3', '--bid-changes', '0.3', '--deadline', 'none'],
];

/** A day on which every interval has an answer. */
const SEED = ['--seed', '2'];

/** Everything in a trial's folder that does not tell times. */
function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.startsWith('timing.'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]),
  );
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('wattshare trial', () => {
  let out = '';
  let log = '';

  beforeAll(async () => {
    out = join(temporaryFolder(), 'day');
    log = join(out, '..', 'day.jsonl');
    const { code, errors } = await wattshare(...DAY, ...SEED, '--out', out, '--log', log);
    expect(errors).toContain(`trial written to ${out}`);
    expect(code).toBe(0);
  });

  it('writes tables, settings, accounts and times, and nothing else', () => {
    expect(readdirSync(out).sort()).toEqual([
      'balances.csv',
      'branches.csv',
      'buses.csv',
      'communities.csv',
      'intervals.csv',
      'refusals.csv',
      'summary.json',
      'timing.csv',
      'timing.json',
      'trial.json',
    ]);
    expect(linesOf(readFileSync(join(out, 'intervals.csv'), 'utf8')).length).toBe(1 + INTERVALS);
  });

  it('closes the balances of the day', () => {
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    expect(summary.intervals_by_status).toMatchObject({ infeasible: 0, limit: 0 });
    expect(summary.violations).toBe(0);
    const energy = summary.energy_kwh;
    const inflow = energy.load + energy.fixed_load + energy.losses - energy.solar - energy.other;
    const storage = energy.stored_change + energy.storage_losses - energy.brought;
    expect(energy.grid_import).toBeCloseTo(inflow + storage, 6);
    expect(energy.largest_residual).toBeLessThan(1e-6);
    const money = summary.money_usd;
    expect(money.payments).toBeCloseTo(money.grid_bill + money.operator_surplus, 9);
    expect(summary.cost_usd).toBeCloseTo(money.prosumer_cost + money.grid_bill, 9);
    expect(money.largest_residual).toBeLessThan(1e-9);
    // There was storage, and it was used.
    expect(Math.abs(energy.battery)).toBeGreaterThan(0.1);
  });

  it('has the same bytes from a market in a thread of its own', async () => {
    const apart = join(temporaryFolder(), 'day');
    const { code } = await wattshare(...DAY, ...SEED, '--workers', '2', '--out', apart);
    expect(code).toBe(0);
    expect(contentsOf(apart)).toEqual(contentsOf(out));
  });

  it('logs a line of JSON an interval', () => {
    const lines = linesOf(readFileSync(log, 'utf8')).map((line) => JSON.parse(line));
    expect(lines.map(({ interval }) => interval)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const line of lines) {
      expect(line.status).toMatch(/optimal|feasible/);
      expect(line.timing.clear_ms).toBeGreaterThan(0);
      expect(line.balance.network_residual_kwh).toBeCloseTo(0, 6);
    }
  });

  it('prints what the day came to, with units', async () => {
    const { code, output, errors } = await wattshare(...DAY, ...SEED, '--quiet');
    expect(code).toBe(0);
    expect(errors).toBe('');
    expect(output).toContain('five-bus, welfare: 8 intervals of 60 minutes from 08:00, seed 2');
    expect(output).toMatch(/limits +all kept/);
    expect(output).toMatch(/cost +-?[\d,]+\.\d\d \$ \(prosumers/);
    expect(output).toMatch(/alone +everybody with the grid alone/);
    expect(output).toMatch(/time +median [\d.]+ m?s/);
  });

  it('prints its summary alone with --json: the same bytes as the file', async () => {
    const { code, output } = await wattshare(...DAY, ...SEED, '--json');
    expect(code).toBe(0);
    expect(output).toBe(readFileSync(join(out, 'summary.json'), 'utf8'));
  });

  it('with another seed is another day', async () => {
    const { output } = await wattshare(...DAY, '--seed', '3', '--json');
    expect(JSON.parse(output).cost_usd).not.toBe(
      JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).cost_usd,
    );
  });

  it('refuses what leaves no valid network, does the rest, and goes on with the file given again', async () => {
    const folder = temporaryFolder();
    const events = join(folder, 'events.csv');
    const rows = ['1,open,2,3,,', '2,shunt,,,4,1.5'];
    writeFileSync(events, `${['interval,event,from,to,bus,value', ...rows].join('\n')}\n`);
    const refused = join(folder, 'day');
    const words = [...DAY, ...SEED, '--events', events, '--out', refused, '--log', '-'];
    const child = startWattshare(...words);
    child.stdout?.once('data', () => child.kill('SIGKILL'));
    await finished(child);
    const forgotten = await wattshare('trial', 'five-bus', '--resume', refused);
    expect(forgotten.errors).toContain('give it again with --events');
    expect(forgotten.code).toBe(2);
    const { code } = await wattshare('trial', 'five-bus', '--resume', refused, '--events', events);
    expect(code).toBe(0);
    expect(readFileSync(join(refused, 'refusals.csv'), 'utf8')).toMatch(/\n1,branch 2-3 open/);
    const intervals = readFileSync(join(refused, 'intervals.csv'), 'utf8');
    expect(intervals).not.toContain('branch 2-3');
    expect(linesOf(intervals)[3]).toMatch(/1\.5 kvar/);
  });

  it('writes Arrow tables that say the same', async () => {
    const arrow = join(temporaryFolder(), 'day');
    const { code } = await wattshare(
      ...DAY,
      ...SEED,
      '--out',
      arrow,
      '--format',
      'arrow',
      '--quiet',
    );
    expect(code).toBe(0);
    expect(existsSync(join(arrow, 'intervals.arrow'))).toBe(true);
    expect(existsSync(join(arrow, 'intervals.csv'))).toBe(false);
    expect(contentsOf(arrow)['summary.json']).toBe(contentsOf(out)['summary.json']);
  });

  it('is over when it is over: to go on says what came of it', async () => {
    const copy = join(temporaryFolder(), 'day');
    cpSync(out, copy, { recursive: true });
    const { code, output } = await wattshare('trial', 'five-bus', '--resume', copy);
    expect(code).toBe(0);
    expect(output).toContain('8 intervals');
    expect(contentsOf(copy)).toEqual(contentsOf(out));
  });
});

describe('wattshare trial, killed at any moment', () => {
  const SEEDS = Array.from({ length: 30 }, (_, k) => 100 + k);
  /** As many days, each killed in several ways. */
  const DAYS = 3;
  const whole = new Map<number, Promise<WholeDay>>();
  let partial = 0;

  interface WholeDay {
    readonly contents: Record<string, string>;
    readonly code: number | null;
    readonly ms: number;
  }

  const keyOf = (seed: number): number => seed % (2 * DAYS);

  const dayOf = (key: number): readonly string[] => [
    ...[...DAY, '--quiet', '--seed', String(1 + (key % DAYS))],
    ...['--format', key === 0 ? 'arrow' : 'csv'],
  ];

  async function runWhole(key: number): Promise<WholeDay> {
    const out = join(temporaryFolder(), 'whole');
    const began = performance.now();
    const { code } = await wattshare(...dayOf(key), '--out', out);
    return { contents: contentsOf(out), code, ms: performance.now() - began };
  }

  function wholeDay(key: number): Promise<WholeDay> {
    const known = whole.get(key) ?? runWhole(key);
    whole.set(key, known);
    return known;
  }

  /** Kills after some lines of the log and a little more, or after a share of the time of a whole day. */
  async function runAndKill(words: readonly string[], seed: number, ms: number): Promise<void> {
    const random = seededRandom(seed);
    const lines = random.integer(0, INTERVALS + 1);
    const afterLines = random.next() < 0.7;
    const wait = afterLines ? random.between(0, 12) : random.between(0.3, 1) * ms;
    const child = startWattshare(...words, '--log', '-');
    const kill = (): void => {
      setTimeout(() => child.kill('SIGKILL'), wait);
    };
    let seen = 0;
    if (!afterLines || lines === 0) kill();
    else {
      child.stdout?.on('data', (text: Buffer) => {
        const before = seen;
        seen += linesOf(text.toString()).length;
        if (before < lines && seen >= lines) kill();
      });
    }
    await finished(child);
  }

  it.concurrent.each(SEEDS)(
    'goes on to the bytes of a day without a pause (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const day = dayOf(keyOf(seed));
      const { code, contents, ms } = await wholeDay(keyOf(seed));
      const out = join(temporaryFolder(), 'day');
      const goOn = ['trial', 'five-bus', '--quiet', '--resume', out];
      await runAndKill([...day, '--out', out], seed, ms);
      // Every other day is killed once more.
      if (seed % 2 === 0 && existsSync(out)) await runAndKill(goOn, seed + 1000, ms);
      if (existsSync(join(out, 'checkpoint'))) partial += 1;
      const last = await wattshare(...(existsSync(out) ? goOn : [...day, '--out', out]));
      expect(last.errors).toBe('');
      expect(last.code).toBe(code);
      expect(contentsOf(out)).toEqual(contents);
    },
  );

  it('was mostly killed on its way', () => {
    expect(partial).toBeGreaterThan(SEEDS.length / 3);
  });
});

describe('wattshare trial, interrupted', () => {
  /** Long enough to be caught on its way. */
  const LONG = ['--intervals', '400', '--quiet'];

  it('finishes the interval, says how to go on, and exits 4', async () => {
    const out = join(temporaryFolder(), 'day');
    const child = startWattshare(...DAY, ...SEED, ...LONG, '--out', out, '--log', '-');
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { code, errors, output } = await finished(child);
    expect(code).toBe(4);
    expect(errors).toContain('stopping; interrupt again to quit at once');
    const done = Number(/stopped after interval (\d+) of 400/.exec(errors)?.[1]);
    expect(errors).toContain(`go on with: wattshare trial five-bus --resume ${out}`);
    expect(linesOf(output).length).toBe(done);
    expect(done).toBeLessThan(400);
    // The same, killed rather than waited for: nothing is lost of what was there.
    const again = startWattshare('trial', 'five-bus', '--resume', out, '--log', '-');
    again.stdout?.once('data', () => again.kill('SIGKILL'));
    const { output: more } = await finished(again);
    expect(JSON.parse(linesOf(more)[0] ?? '').interval).toBe(done);
  });

  it('twice ends at once, and can still go on', async () => {
    const out = join(temporaryFolder(), 'day');
    const child = startWattshare(...DAY, ...SEED, ...LONG, '--out', out, '--log', '-');
    child.stdout?.once('data', () => {
      child.kill('SIGINT');
      child.kill('SIGINT');
    });
    child.stderr?.on('data', () => child.kill('SIGINT'));
    const { code, errors } = await finished(child);
    expect([130, 4]).toContain(code);
    expect(errors).toContain(`go on with: wattshare trial five-bus --resume ${out}`);
    expect(readdirSync(join(out, '..'))).toEqual(['day']);
    const again = startWattshare('trial', 'five-bus', '--resume', out, '--log', '-');
    again.stdout?.once('data', () => again.kill('SIGKILL'));
    const { output } = await finished(again);
    expect(JSON.parse(linesOf(output)[0] ?? '').interval).toBeGreaterThan(0);
  });

  it('without a folder tells what came of the intervals that were cleared', async () => {
    const child = startWattshare(...DAY, ...SEED, ...LONG, '--log', '-');
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { code, errors } = await finished(child);
    expect(code).toBe(4);
    expect(errors).toMatch(/stopped after \d+ of 400/);
  });
});

describe('wattshare trial, asked for what it cannot do', () => {
  let unfinished = '';

  beforeAll(async () => {
    unfinished = join(temporaryFolder(), 'day');
    const child = startWattshare(...DAY, ...SEED, '--out', unfinished, '--log', '-');
    child.stdout?.once('data', () => child.kill('SIGKILL'));
    await finished(child);
    expect(existsSync(join(unfinished, 'checkpoint'))).toBe(true);
  });

  it.each([
    [
      'no trial',
      () => ['five-bus', '--resume', temporaryFolder()],
      /^trial\.json: there is no such file/,
    ],
    [
      'another case',
      () => ['case33bw', '--resume', unfinished],
      /^trial\.json.*the trial is one of another case/,
    ],
    ['a changed case', () => [caseFolder(), '--resume', unfinished], /another case/],
    [
      'another seed',
      () => ['five-bus', '--resume', unfinished, '--seed', '5'],
      /has seed 2, not 5: leave --seed out/,
    ],
    [
      'another deadline',
      () => ['five-bus', '--resume', unfinished, '--deadline', '100'],
      /has deadline_ms none, not 100/,
    ],
    [
      'a folder with a trial under way',
      () => ['five-bus', '--out', unfinished],
      /go on with --resume/,
    ],
    ['two folders', () => ['five-bus', '--out', 'x', '--resume', unfinished], /leave --out out/],
    [
      'two uses of standard output',
      () => ['five-bus', '--json', '--log', '-'],
      /both want standard output/,
    ],
    ['a share beyond 1', () => ['five-bus', '--batteries', '1.5'], /between 0 and 1/],
    ['a time that is none', () => ['five-bus', '--start', '25:00'], /a time such as 06:30/],
    [
      'subsidies where nobody asks who pays',
      () => ['five-bus', '--mode', 'dlmp', '--subsidised'],
      /only welfare/,
    ],
    ['a file that is not there', () => ['five-bus', '--tariff', 'nowhere.csv'], /nowhere\.csv/],
  ])('%s: says so in a line, exits 2 and leaves all as it is', async (_, words, message) => {
    const before = contentsOf(unfinished);
    const { code, errors, output } = await wattshare('trial', ...words());
    expect(errors).toMatch(message);
    expect(linesOf(errors).length).toBe(1);
    expect(output).toBe('');
    expect(code).toBe(2);
    expect(contentsOf(unfinished)).toEqual(before);
  });

  it('a damaged trial says what is damaged', async () => {
    const copy = join(temporaryFolder(), 'day');
    cpSync(unfinished, copy, { recursive: true });
    appendFileSync(join(copy, 'checkpoint'), 'x');
    const damaged = await wattshare('trial', 'five-bus', '--resume', copy);
    expect(damaged.errors).toMatch(/^checkpoint: damaged/);
    expect(damaged.code).toBe(2);
    rmSync(join(copy, 'checkpoint'));
    const lost = await wattshare('trial', 'five-bus', '--resume', copy);
    expect(lost.errors).toMatch(/^checkpoint: there is no such file/);
    expect(lost.code).toBe(2);
  });

  it('with a seed given that it has anyway goes on', async () => {
    const copy = join(temporaryFolder(), 'day');
    cpSync(unfinished, copy, { recursive: true });
    const words = ['--seed', '2', '--intervals', String(INTERVALS), '--quiet'];
    expect((await wattshare('trial', 'five-bus', '--resume', copy, ...words)).code).toBe(0);
  });
});
