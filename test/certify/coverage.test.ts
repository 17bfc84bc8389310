import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { boxOf } from '../../engine/certify/box.js';
import { coversEverything, coversRegion } from '../../engine/certify/coverage.js';
import { NO_FLOWS, type ProofLeaf } from '../../engine/clearing/result.js';

/**
 * By quantity: the imports of communities 0, 1, 2 …, then the active and reactive flows to buses 0, 1, 2 …
 */
type Box = ReadonlyMap<number, readonly [number, number]>;

const COMMUNITIES = 6;

const low = ([, [value]]: readonly [number, readonly [number, number]]): number => value;
const high = ([, [, value]]: readonly [number, readonly [number, number]]): number => value;

function leafOf(box: Box): ProofLeaf {
  const imports = [...box].filter(([quantity]) => quantity < COMMUNITIES);
  const flows = [...box].filter(([quantity]) => quantity >= COMMUNITIES);
  const kind = ([quantity]: readonly [number, unknown]): number => (quantity - COMMUNITIES) % 2;
  const buses = [...new Set(flows.map(([quantity]) => (quantity - COMMUNITIES) >> 1))];
  const side = (of: typeof low, reactive: number, open: number): Float64Array =>
    Float64Array.from(buses, (bus) => {
      const found = flows.find(
        (flow) => (flow[0] - COMMUNITIES) >> 1 === bus && kind(flow) === reactive,
      );
      return found === undefined ? open : of(found);
    });
  const none = new Float64Array(0);
  return {
    kind: 'bound',
    community: Int32Array.from(imports, ([community]) => community),
    importMinKw: Float64Array.from(imports, low),
    importMaxKw: Float64Array.from(imports, high),
    activePrice: none,
    reactivePrice: none,
    voltagePrice: none,
    revenuePrice: 0,
    flows: {
      ...NO_FLOWS,
      bus: Int32Array.from(buses),
      minKw: side(low, 0, Number.NEGATIVE_INFINITY),
      maxKw: side(high, 0, Number.POSITIVE_INFINITY),
      minKvar: side(low, 1, Number.NEGATIVE_INFINITY),
      maxKvar: side(high, 1, Number.POSITIVE_INFINITY),
    },
    parts: [],
  };
}

/** Cuts one box after another in two, as a search does. */
function randomPartition(random: RandomSource, quantities: number, leaves: number): Box[] {
  const boxes: Box[] = [new Map()];
  while (boxes.length < leaves) {
    const [box] = boxes.splice(random.integer(0, boxes.length), 1) as [Box];
    const quantity = random.integer(0, quantities);
    const [from, to] = box.get(quantity) ?? [-Infinity, Infinity];
    const cut = random.between(Math.max(from, -20), Math.min(to, 20));
    boxes.push(new Map([...box, [quantity, [from, cut]]]));
    boxes.push(new Map([...box, [quantity, [cut, to]]]));
  }
  return boxes;
}

const seeds = Array.from({ length: 25 }, (_, k) => 7000 + k);

describe('the leaves of a proof', () => {
  it.each(seeds)('cover everything when they partition it (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, random.integer(1, 12), random.integer(1, 60));
    const order = boxes.map((box) => ({ box, key: random.next() }));
    const shuffled = order.sort((a, b) => a.key - b.key).map(({ box }) => leafOf(box));
    expect(coversEverything(shuffled)).toBe(true);
  });

  it.each(seeds)('do not when any one of them is missing (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, random.integer(1, 12), random.integer(2, 40));
    boxes.forEach((_, missing) => {
      expect(coversEverything(boxes.toSpliced(missing, 1).map(leafOf))).toBe(false);
    });
  });

  it.each(seeds)('do not when one of them is a little smaller (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, 3, random.integer(2, 40));
    const place = random.integer(0, boxes.length);
    const box = new Map(boxes[place]);
    const [[quantity, [from, to]]] = [...box] as [[number, readonly [number, number]]];
    box.set(quantity, to < Infinity ? [from, to - 1e-9] : [from + 1e-9, to]);
    expect(coversEverything(boxes.with(place, box).map(leafOf))).toBe(false);
  });

  it.each(seeds)('cover a box of theirs when those that meet it are there (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, 8, random.integer(2, 40));
    const region: Box = new Map([
      [random.integer(0, 8), [random.between(-20, 0), random.between(0, 20)] as const],
      [random.integer(0, 8), [random.between(-20, 0), random.between(0, 20)] as const],
    ]);
    const meets = (box: Box): boolean =>
      [...region].every(([quantity, [from, to]]) => {
        const [boxFrom, boxTo] = box.get(quantity) ?? [-Infinity, Infinity];
        return boxFrom < to && boxTo > from;
      });
    const meeting = boxes.filter(meets);
    expect(coversRegion(meeting.map(leafOf), boxOf(leafOf(region)))).toBe(true);
    const missing = random.integer(0, meeting.length);
    const without = meeting.toSpliced(missing, 1).map(leafOf);
    expect(coversRegion(without, boxOf(leafOf(region)))).toBe(false);
  });

  it('cover everything when there are 3,000 of them', () => {
    const random = seededRandom(7100);
    const boxes = randomPartition(random, 12, 3000);
    expect(coversEverything(boxes.map(leafOf))).toBe(true);
  });

  it('of one quantity named twice count for what both intervals hold', () => {
    const twice = (first: readonly [number, number], second: readonly [number, number]) => ({
      ...leafOf(new Map()),
      community: Int32Array.of(0, 0),
      importMinKw: Float64Array.of(first[0], second[0]),
      importMaxKw: Float64Array.of(first[1], second[1]),
    });
    expect(coversEverything([twice([-Infinity, 5], [-Infinity, Infinity])])).toBe(false);
    expect(coversEverything([twice([-Infinity, Infinity], [-Infinity, 5])])).toBe(false);
  });

  it('may overlap', () => {
    const left = new Map([[0, [-Infinity, 5] as const]]);
    const right = new Map([[0, [-5, Infinity] as const]]);
    expect(coversEverything([leafOf(left), leafOf(right)])).toBe(true);
  });

  it('cover nothing when there are none', () => {
    expect(coversEverything([])).toBe(false);
  });

  it('cover nothing with a bound that is no number', () => {
    expect(coversEverything([leafOf(new Map([[0, [Number.NaN, Infinity]]]))])).toBe(false);
  });
});
