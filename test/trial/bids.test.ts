import { expect, test } from 'vitest';
import { openScenario } from '../../engine/trial/openScenario.js';
import { BUSY, bundledCase, playDay } from './day.js';

const base = await bundledCase('ieee123');

test('late and invalid bids are refused by name, each for its own reason', () => {
  const scenario = openScenario(base, { ...BUSY, bidChangeShare: 1, intervals: 2 });
  const refusals = playDay(scenario).flatMap(({ plan }) => plan.refusals);
  const ids = new Set(base.prosumers.id);
  for (const { subject } of refusals) expect(ids).toContain(subject);
  const reasons = refusals.map(({ reason }) => reason);
  for (const pattern of [
    /^late: it came \d+ s after the gate$/,
    /^column cost_quadratic, value "-.+": must not be negative$/,
    /^column p_min_kw, value ".+": above p_max_kw, which is .+$/,
    /^column cost_linear, value "": a number is needed$/,
  ]) {
    expect(reasons.filter((reason) => pattern.test(reason)).length).toBeGreaterThan(0);
  }
  expect(reasons.filter((reason) => !/^(late|column)/.test(reason))).toEqual([]);
});

test('about the share asked for of those who can bid does so, before every gate', () => {
  const scenario = openScenario(base, { bidChangeShare: 0.05, intervals: 12 });
  const canBid = base.prosumers.pMinKw.filter((low, i) => low < base.prosumers.pMaxKw[i]).length;
  for (const { plan } of playDay(scenario)) {
    const { bidsArrived, bidsChanged, bidsWithdrawn, refusals } = plan;
    const bids = bidsArrived + bidsChanged + bidsWithdrawn + refusals.length;
    expect(bids / canBid).toBeGreaterThan(0.04);
    expect(bids / canBid).toBeLessThan(0.06);
    for (const count of [bidsArrived, bidsChanged, bidsWithdrawn]) expect(count).toBeGreaterThan(0);
  }
});

test('who withdraws offers nothing from then on, who is refused keeps the bid, who arrives offers', () => {
  const scenario = openScenario(base, { ...BUSY, intervals: 4, vehicleShare: 0, batteryShare: 0 });
  const ids = [...base.prosumers.id];
  let before = scenario.state().bids;
  const played = playDay(scenario, { end: 0 });
  expect(played).toEqual([]);
  for (let interval = 0; interval < 4; interval += 1) {
    const [{ plan, theCase }] = playDay(scenario, { from: interval, end: interval + 1 });
    const after = scenario.state().bids;
    const counts = { arrived: 0, changed: 0, withdrawn: 0 };
    ids.forEach((_, i) => {
      if (after[i] !== before[i]) {
        if (after[i] < 0) counts.withdrawn += 1;
        else if (before[i] < 0) counts.arrived += 1;
        else counts.changed += 1;
      }
      if (after[i] < 0) expect(theCase.prosumers.pMinKw[i]).toBe(theCase.prosumers.pMaxKw[i]);
    });
    const { bidsArrived: arrived, bidsChanged: changed, bidsWithdrawn: withdrawn } = plan;
    expect(counts).toEqual({ arrived, changed, withdrawn });
    for (const { subject } of plan.refusals) {
      const row = ids.indexOf(subject);
      expect(after[row]).toBe(before[row]);
    }
    before = after;
  }
});

test('nobody bids anew where no bid changes', () => {
  const scenario = openScenario(base, { bidChangeShare: 0, intervals: 2 });
  for (const { plan } of playDay(scenario)) {
    expect(plan).toMatchObject({ bidsArrived: 0, bidsChanged: 0, bidsWithdrawn: 0, refusals: [] });
  }
});
