import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { coversEverything } from '../../engine/certify/coverage.js';
import { NO_FLOWS, type ProofLeaf } from '../../engine/clearing/result.js';

type Box = ReadonlyMap<number, readonly [number, number]>;

function leafOf(box: Box): ProofLeaf {
  const entries = [...box];
  const none = new Float64Array(0);
  return {
    kind: 'bound',
    community: Int32Array.from(entries, ([community]) => community),
    importMinKw: Float64Array.from(entries, ([, [low]]) => low),
    importMaxKw: Float64Array.from(entries, ([, [, high]]) => high),
    activePrice: none,
    reactivePrice: none,
    voltagePrice: none,
    revenuePrice: 0,
    flows: NO_FLOWS,
    parts: [],
  };
}

/** Cuts one box after another in two, as a search does. */
function randomPartition(random: RandomSource, communities: number, leaves: number): Box[] {
  const boxes: Box[] = [new Map()];
  while (boxes.length < leaves) {
    const [box] = boxes.splice(random.integer(0, boxes.length), 1) as [Box];
    const community = random.integer(0, communities);
    const [low, high] = box.get(community) ?? [-Infinity, Infinity];
    const cut = random.between(Math.max(low, -20), Math.min(high, 20));
    boxes.push(new Map([...box, [community, [low, cut]]]));
    boxes.push(new Map([...box, [community, [cut, high]]]));
  }
  return boxes;
}

const seeds = Array.from({ length: 25 }, (_, k) => 7000 + k);

describe('the leaves of a proof', () => {
  it.each(seeds)('cover everything when they partition it (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, random.integer(1, 6), random.integer(1, 60));
    const order = boxes.map((box) => ({ box, key: random.next() }));
    const shuffled = order.sort((a, b) => a.key - b.key).map(({ box }) => leafOf(box));
    expect(coversEverything(shuffled)).toBe(true);
  });

  it.each(seeds)('do not when any one of them is missing (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, random.integer(1, 6), random.integer(2, 40));
    boxes.forEach((_, missing) => {
      expect(coversEverything(boxes.toSpliced(missing, 1).map(leafOf))).toBe(false);
    });
  });

  it.each(seeds)('do not when one of them is a little smaller (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const boxes = randomPartition(random, 3, random.integer(2, 40));
    const place = random.integer(0, boxes.length);
    const box = new Map(boxes[place]);
    const [[community, [low, high]]] = [...box] as [[number, readonly [number, number]]];
    box.set(community, high < Infinity ? [low, high - 1e-9] : [low + 1e-9, high]);
    expect(coversEverything(boxes.with(place, box).map(leafOf))).toBe(false);
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
