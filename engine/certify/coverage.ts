/**
 * Do the leaves of a proof cover the whole search space? Boxes of imports, a few communities restricted in
 * each; what is not covered by a leaf is cut along a face of one until every part is, or one is not.
 */
import type { ProofLeaf } from '../clearing/result.js';

/** Restricted imports by community row; all others are free. */
type Region = ReadonlyMap<number, readonly [number, number]>;

/** Cuts after which a proof is taken as not covering: far more than its leaves could need. */
const CUT_LIMIT_PER_LEAF = 200;

/** @param leaves leaves that prove something */
export function coversEverything(leaves: readonly ProofLeaf[]): boolean {
  const boxes = leaves.map(boxOf);
  const open: Region[] = [new Map()];
  let cuts = CUT_LIMIT_PER_LEAF * leaves.length;
  for (let region = open.pop(); region !== undefined; region = open.pop()) {
    const part = region;
    if (boxes.some((box) => contains(box, part))) continue;
    const box = boxes.find((candidate) => meets(candidate, part));
    cuts -= 1;
    if (box === undefined || cuts < 0) return false;
    open.push(...cutAlong(part, box));
  }
  return true;
}

function boxOf(leaf: ProofLeaf): Region {
  const box = new Map<number, readonly [number, number]>();
  leaf.community.forEach((community, k) => {
    box.set(community, [leaf.importMinKw[k] as number, leaf.importMaxKw[k] as number]);
  });
  return box;
}

function side(region: Region, community: number): readonly [number, number] {
  return region.get(community) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

function contains(box: Region, region: Region): boolean {
  for (const [community, [low, high]] of box) {
    const [regionLow, regionHigh] = side(region, community);
    // Written so that a box of NaN contains and meets nothing.
    if (!(regionLow >= low && regionHigh <= high)) return false;
  }
  return true;
}

/** Whether they share more than a face. */
function meets(box: Region, region: Region): boolean {
  for (const [community, [low, high]] of box) {
    const [regionLow, regionHigh] = side(region, community);
    if (!(regionLow < high && regionHigh > low)) return false;
  }
  return true;
}

/** The two parts of a region on either side of the first face of the box that runs through it. */
function cutAlong(region: Region, box: Region): Region[] {
  for (const [community, [low, high]] of box) {
    const [regionLow, regionHigh] = side(region, community);
    for (const face of [low, high]) {
      if (face > regionLow && face < regionHigh) {
        return [
          new Map([...region, [community, [regionLow, face] as const]]),
          new Map([...region, [community, [face, regionHigh] as const]]),
        ];
      }
    }
  }
  return [];
}
