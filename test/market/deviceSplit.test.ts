import { expect, test } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { type DeviceBids, DeviceCurve } from '../../engine/market/deviceCurve.js';
import { splitOutput } from '../../engine/market/deviceSplit.js';

/** Some fixed, some without a quadratic cost, and some of those at the same price. */
function randomDevices(random: RandomSource): DeviceBids {
  const count = random.integer(1, 6);
  const column = (draw: () => number) => Float64Array.from({ length: count }, draw);
  const pMinKw = column(() => random.between(-3, 1));
  return {
    pMinKw,
    pMaxKw: pMinKw.map((low) => low + (random.next() < 0.2 ? 0 : random.between(0, 4))),
    costQuadratic: column(() => (random.next() < 0.4 ? 0 : random.between(0.01, 0.3))),
    costLinear: column(() => random.integer(0, 4) / 10),
  };
}

const costOf = ({ costLinear, costQuadratic }: DeviceBids, output: Float64Array): number =>
  output.reduce((sum, p, d) => sum + (0.5 * costQuadratic[d] * p + costLinear[d]) * p, 0);

test.each([1, 2, 3, 4])(
  'devices together give the output, within their bounds, at the cost of the curve: seed %i',
  (seed) => {
    const random = seededRandom(seed);
    const curve = new DeviceCurve();
    for (let trial = 0; trial < 1000; trial += 1) {
      const devices = randomDevices(random);
      const count = devices.pMinKw.length;
      curve.load(devices, 0, count);
      const least = curve.output[0];
      const most = curve.output[curve.pointCount - 1];
      const wanted = least + (most - least) * random.between(-0.2, 1.2);
      const output = new Float64Array(count);
      splitOutput(devices, 0, count, wanted, output);
      output.forEach((p, d) => {
        expect(p).toBeGreaterThanOrEqual(devices.pMinKw[d]);
        expect(p).toBeLessThanOrEqual(devices.pMaxKw[d]);
      });
      const given = Math.min(Math.max(wanted, least), most);
      expect(output.reduce((sum, p) => sum + p, 0)).toBeCloseTo(given, 12);
      expect(costOf(devices, output)).toBeCloseTo(curve.costAt(given), 12);
    }
  },
);

test('only the rows of the prosumer are written', () => {
  const devices = randomDevices(seededRandom(9));
  const output = new Float64Array(devices.pMinKw.length).fill(7);
  splitOutput(devices, 0, 1, 0, output);
  expect([...output].slice(1)).toEqual(new Array(output.length - 1).fill(7));
});

test('of a battery, which is worth less when charging, one device alone moves', () => {
  const battery: DeviceBids = {
    pMinKw: Float64Array.of(0, -2),
    pMaxKw: Float64Array.of(3, 0),
    costQuadratic: Float64Array.of(0.05, 0.05),
    costLinear: Float64Array.of(0.2 / 0.95, 0.2 * 0.95),
  };
  for (const wanted of [-2, -1.3, -0.01, 0, 0.01, 1.7, 3]) {
    const output = new Float64Array(2);
    splitOutput(battery, 0, 2, wanted, output);
    expect([output[0] + 0, output[1] + 0]).toEqual([Math.max(wanted, 0), Math.min(wanted, 0)]);
  }
});
