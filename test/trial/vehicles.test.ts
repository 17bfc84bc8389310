import { expect, test } from 'vitest';
import type { Offers } from '../../engine/trial/batteries.js';
import {
  departures,
  offerVehicles,
  settleVehicles,
  travel,
  VEHICLE,
  type Vehicles,
} from '../../engine/trial/vehicles.js';

const COUNT = 200;
const KEY = 77;

/** Of all kinds, some that cannot charge in time. */
function fleet(): Vehicles {
  const column = (value: (k: number) => number) =>
    Float64Array.from({ length: COUNT }, (_, k) => value(k));
  const capacityKwh = column((k) => 20 + (k % 7) * 5);
  return {
    prosumer: Int32Array.from(capacityKwh.keys()),
    community: new Int32Array(COUNT),
    device: Int32Array.from(capacityKwh.keys()),
    powerKw: column((k) => 1 + (k % 5)),
    capacityKwh,
    needKwh: capacityKwh.map((capacity, k) => capacity * (0.7 + 0.05 * (k % 5))),
    tripKwh: capacityKwh.map((capacity, k) => capacity * (0.15 + 0.1 * (k % 4))),
    atWork: Uint8Array.from(capacityKwh, (_, k) => (k % 3 === 0 ? 1 : 0)),
    initialKwh: capacityKwh.map((capacity) => 0.4 * capacity),
  };
}

const noOffers = (): Offers => ({
  pMinKw: new Float64Array(COUNT),
  pMaxKw: new Float64Array(COUNT),
  costQuadratic: new Float64Array(COUNT),
  costLinear: new Float64Array(COUNT),
});

test.each([5, 7, 15, 60])(
  'vehicles that charge no more than they must leave with what they need, or have charged all the time: %i minutes',
  (minutes) => {
    const vehicles = fleet();
    const hours = minutes / 60;
    const stored = vehicles.initialKwh.slice();
    const isAlwaysFull = new Uint8Array(COUNT).fill(1);
    let faults = 0;
    let left = 0;
    let short = 0;
    let departure = departures(vehicles, KEY, 0);
    for (let time = 0; time < 3 * 1440; time += minutes) {
      const offers = noOffers();
      offerVehicles(vehicles, stored, departure, time, { low: 0.1, high: 0.3 }, hours, offers);
      for (let k = 0; k < COUNT; k += 1) {
        const isAway = Number.isNaN(departure[k]);
        faults += Number(offers.pMinKw[k] > offers.pMaxKw[k] || offers.pMaxKw[k] > 0);
        faults += Number(
          offers.pMinKw[k] < -vehicles.powerKw[k] || (isAway && offers.pMinKw[k] < 0),
        );
        if (offers.pMaxKw[k] > -vehicles.powerKw[k] + 1e-12) isAlwaysFull[k] = 0;
      }
      settleVehicles(vehicles, offers.pMaxKw, hours, stored);
      const after = departures(vehicles, KEY, time + minutes);
      for (let k = 0; k < COUNT; k += 1) {
        faults += Number(stored[k] > vehicles.capacityKwh[k] * (1 + 1e-12));
        if (!Number.isNaN(departure[k]) && Number.isNaN(after[k])) {
          left += 1;
          const hasEnough = stored[k] >= vehicles.needKwh[k] * (1 - 1e-12);
          if (!hasEnough) short += 1;
          faults += Number(!hasEnough && isAlwaysFull[k] !== 1);
        }
        if (Number.isNaN(departure[k])) isAlwaysFull[k] = 1;
      }
      travel(vehicles, departure, after, stored);
      departure = after;
    }
    expect(faults).toBe(0);
    expect(left).toBeGreaterThan(2.5 * COUNT);
    expect(short).toBeLessThan(left / 4);
  },
);

test('every vehicle comes and goes once a day, those of homes by night and those of work by day', () => {
  const vehicles = fleet();
  const hours = new Float64Array(COUNT);
  for (let time = 1440; time < 2 * 1440; time += 10) {
    departures(vehicles, KEY, time).forEach((leaves, k) => {
      if (Number.isNaN(leaves)) return;
      hours[k] += 1 / 6;
      expect(leaves).toBeGreaterThan(time);
      expect(leaves - time).toBeLessThan(1440);
    });
  }
  hours.forEach((connected, k) => {
    expect(connected).toBeGreaterThan(vehicles.atWork[k] === 1 ? 5 : 10);
    expect(connected).toBeLessThan(vehicles.atWork[k] === 1 ? 11 : 18);
  });
});

test('charging is worth the more the nearer the departure', () => {
  const vehicles = fleet();
  const values = [6000, 1500, 300].map((before) => {
    const offers = noOffers();
    const departure = new Float64Array(COUNT).fill(before);
    offerVehicles(
      vehicles,
      vehicles.initialKwh,
      departure,
      0,
      { low: 0.1, high: 0.3 },
      0.25,
      offers,
    );
    return offers.costLinear;
  });
  values[0].forEach((value, k) => {
    expect(values[1][k]).toBeGreaterThanOrEqual(value);
    expect(values[2][k]).toBeGreaterThanOrEqual(values[1][k]);
    expect(values[2][k]).toBeGreaterThan(value);
  });
});

test('a trip takes energy but never the last of it', () => {
  const vehicles = fleet();
  const stored = vehicles.capacityKwh.map((capacity, k) => (k % 2 === 0 ? 0.2 : 0.9) * capacity);
  const before = stored.slice();
  const away = new Float64Array(COUNT).fill(Number.NaN);
  const brought = travel(vehicles, away, new Float64Array(COUNT), stored);
  expect(brought).toBe(stored.reduce((total, value) => total + value, 0));
  stored.forEach((value, k) => {
    const reserve = VEHICLE.reserve * vehicles.capacityKwh[k];
    expect(value).toBe(Math.max(before[k] - vehicles.tripKwh[k], reserve));
  });
});
