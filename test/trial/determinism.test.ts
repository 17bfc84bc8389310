import { expect, test } from 'vitest';
import { openScenario } from '../../engine/trial/openScenario.js';
import { BUSY, bundledCase, type PlayedInterval, playDay } from './day.js';

const base = await bundledCase('case33bw');

/** What a trial sees of a day, as bytes. */
const seen = (played: readonly PlayedInterval[]): string =>
  JSON.stringify(
    played.map(({ plan, accounts }) => ({ plan, accounts })),
    (_, value: unknown) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : value,
  );

test.each([1, 2])('seed %i gives the same day to the last byte', (seed) => {
  const [one, other] = [0, 1].map(() => playDay(openScenario(base, { ...BUSY, seed })));
  expect(seen(one) === seen(other)).toBe(true);
});

test('another seed gives another day', () => {
  const [one, other] = [1, 2].map((seed) => openScenario(base, { ...BUSY, seed }).plan(0).changes);
  expect(one.prosumers?.demandKw).not.toEqual(other.prosumers?.demandKw);
});

test.each([1, 37, 95])('a day restored after %i intervals goes on as if never stopped', (stop) => {
  const whole = openScenario(base, BUSY);
  const first = playDay(whole, { end: stop });
  const state = structuredClone(whole.state());
  const rest = playDay(whole, { from: stop });
  const resumed = openScenario(base, BUSY);
  resumed.restore(state);
  expect(resumed.state()).toEqual(state);
  expect(first).toHaveLength(stop);
  expect(seen(playDay(resumed, { from: stop })) === seen(rest)).toBe(true);
  expect(resumed.state()).toEqual(whole.state());
});

test('a state does not change as the day goes on', () => {
  const scenario = openScenario(base, BUSY);
  playDay(scenario, { end: 3 });
  const state = scenario.state();
  const copy = structuredClone(state);
  playDay(scenario, { from: 3, end: 6 });
  expect(state).toEqual(copy);
});

test('a state of another case is refused', () => {
  const scenario = openScenario(base, BUSY);
  const { bids: _, ...others } = scenario.state();
  expect(() => scenario.restore(others)).toThrow('bids');
  expect(() => scenario.restore({ ...others, bids: new Float64Array(3) })).toThrow('3 values');
});

test('intervals out of turn are refused', () => {
  const scenario = openScenario(base, BUSY);
  expect(() => scenario.settle(0, undefined, undefined)).toThrow('out of turn');
  scenario.plan(0);
  expect(() => scenario.plan(0)).toThrow('out of turn');
  scenario.settle(0, undefined, undefined);
  expect(() => scenario.plan(0)).toThrow('out of turn');
});
