import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { generateMarket, readFeeder, resolveFeeder, writeCase } from '../../engine/index.js';
import { caseFolder, finished, startWattshare, temporaryFolder, wattshare } from './harness.js';

const SEED = 20;

/** Far above what stopping takes, on a machine with other things to do, ms. */
const LONG = 10_000;

/** Large enough to be caught at any stage; `note` makes for a warning, the sign that a run is under way. */
function largeCase(rows = 40_000): string {
  const header = 'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear,note';
  const prosumers = Array.from({ length: rows }, (_, k) => `p${k},north,1,0,2,0.01,0.1,hello`);
  return caseFolder({
    'communities.csv': 'community,bus,price_sensitivity\nnorth,near,40\n',
    'prosumers.csv': `${[header, ...prosumers].join('\n')}\n`,
  });
}

describe('an interrupt', () => {
  it('stops a run, which then says so and exits 4', async () => {
    const child = startWattshare('clear', largeCase());
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, output, errors } = await finished(child);
    expect(errors).toContain('warning');
    expect(errors).toContain('stopping');
    // Either the run has something to say in time, or it is ended.
    expect(`${output}${errors}`).toMatch(/status +limit|stopped before the result was complete/);
    expect(code).toBe(4);
  });

  it('that comes twice ends the process at once', async () => {
    const child = startWattshare('clear', largeCase(400_000));
    child.stderr?.on('data', (text: string) => {
      if (/warning|stopping/.test(text)) child.kill('SIGINT');
    });
    const { code, output } = await finished(child);
    expect(output).toBe('');
    expect(code).toBe(130);
  });

  it('ends a command that has nothing to report', async () => {
    const out = join(temporaryFolder(), 'market');
    const words = ['generate', 'ieee123', '--prosumers', '400000', '--out', out];
    const child = startWattshare(...words);
    const folder = join(out, '..');
    // Something is being written once there is anything at all.
    const watching = setInterval(() => {
      if (readdirSync(folder).length > 0) child.kill('SIGINT');
    }, 5);
    const { code, errors } = await finished(child);
    clearInterval(watching);
    expect(errors).toBe('');
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an interrupt at any moment of a large run', () => {
  const MOMENTS = 6;

  it(`leaves a whole result or none, and soon (seed ${SEED})`, { timeout: 300_000 }, async () => {
    const random = seededRandom(SEED);
    const folder = temporaryFolder();
    const market = generateMarket(await readFeeder(resolveFeeder('ieee123')), {
      prosumers: 200_000,
      seed: SEED,
    });
    await writeCase(market, join(folder, 'case'), 'arrow');
    const results = join(folder, 'results');
    const runTo = (out: string, workers: number): readonly string[] => [
      'clear',
      join(folder, 'case'),
      ...['--out', join(results, out), '--workers', String(workers), '--mode', 'dlmp'],
    ];
    const started = performance.now();
    expect((await wattshare(...runTo('whole', 2))).code).toBe(0);
    const duration = performance.now() - started;
    const whole = contentsOf(join(results, 'whole'));
    expect(whole.length).toBeGreaterThan(5);

    for (let run = 0; run < MOMENTS; run += 1) {
      const out = run % 2 === 0 ? 'whole' : 'fresh';
      const child = startWattshare(...runTo(out, random.integer(1, 3)));
      const moment = duration * random.next();
      let interrupted = Number.POSITIVE_INFINITY;
      const timer = setTimeout(() => {
        child.kill('SIGINT');
        interrupted = performance.now();
      }, moment);
      const { code, errors } = await finished(child);
      clearTimeout(timer);
      const when = `run ${run}, interrupted after ${moment.toFixed(0)} ms: ${errors}`;
      expect(performance.now() - interrupted, when).toBeLessThan(LONG);
      // Before the command has begun it is ended like any other.
      expect(errors.includes('stopping') ? [0, 4] : [0, 130, null], when).toContain(code);
      expect(readdirSync(results).filter((name) => name !== 'whole' && name !== 'fresh')).toEqual(
        [],
      );
      expect(contentsOf(join(results, 'whole')), when).toEqual(whole);
      const fresh = join(results, 'fresh');
      if (existsSync(fresh)) {
        expect(contentsOf(fresh), when).toEqual(whole);
      } else if (out === 'fresh') {
        expect(code, when).not.toBe(0);
      }
    }
  });
});

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Names and digests of the tables of a result; its summary tells times. */
function contentsOf(folder: string): readonly (readonly [string, string])[] {
  const names = readdirSync(folder).sort();
  expect(names).toContain('summary.json');
  return names
    .filter((name) => name !== 'summary.json')
    .map((name) => [name, digestOf(join(folder, name))] as const);
}
