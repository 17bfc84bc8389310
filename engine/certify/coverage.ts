/**
 * Do the leaves of a proof cover the whole search space, and those of a part the box of their leaf? A region
 * that no single leaf contains is cut in two along a face of one of the leaves that meet it, until every
 * piece lies in a leaf, or one meets none. Of the faces of a leaf the one that cuts the fewest others is
 * taken, and of those the one that parts them most evenly: a search splits boxes in two, and going back along
 * its splits cuts none.
 */
import type { ProofLeaf } from '../clearing/result.js';
import { type Box, boxOf, type Interval } from './box.js';

const FREE: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Cuts after which a proof is taken as not covering: far more than its leaves could need. */
const CUT_LIMIT_PER_LEAF = 200;

/** A piece of the search space, and the boxes that share more than a face with it. */
interface Piece {
  readonly region: Box;
  readonly boxes: readonly Box[];
}

interface Cut {
  readonly quantity: number;
  readonly face: number;
}

/** Whether the leaves cover everything. */
export function coversEverything(leaves: readonly ProofLeaf[]): boolean {
  return coversRegion(leaves, new Map());
}

/** Whether the leaves cover a box. */
export function coversRegion(leaves: readonly ProofLeaf[], region: Box): boolean {
  const open: Piece[] = [{ region, boxes: meeting(leaves.map(boxOf), region) }];
  let cuts = CUT_LIMIT_PER_LEAF * leaves.length;
  for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
    const { region: present, boxes } = piece;
    if (boxes.some((box) => contains(box, present))) continue;
    const cut = bestCut(present, boxes);
    cuts -= 1;
    if (cut === undefined || cuts < 0) return false;
    const { low, high } = present.get(cut.quantity) ?? FREE;
    for (const half of [
      { low, high: cut.face },
      { low: cut.face, high },
    ]) {
      const narrowed = new Map(present).set(cut.quantity, half);
      open.push({ region: narrowed, boxes: meeting(boxes, narrowed) });
    }
  }
  return true;
}

function contains(box: Box, region: Box): boolean {
  for (const [quantity, { low, high }] of box) {
    const side = region.get(quantity) ?? FREE;
    // Written so that a box of NaN contains and meets nothing.
    if (!(side.low >= low && side.high <= high)) return false;
  }
  return true;
}

/** The boxes that share more than a face with a region. */
function meeting(boxes: readonly Box[], region: Box): Box[] {
  return boxes.filter((box) => {
    for (const [quantity, { low, high }] of box) {
      const side = region.get(quantity) ?? FREE;
      if (!(side.low < high && side.high > low)) return false;
    }
    return true;
  });
}

/** A face through the region of the box in the middle. */
function bestCut(region: Box, boxes: readonly Box[]): Cut | undefined {
  const middle = boxes[boxes.length >> 1];
  if (middle === undefined) return undefined;
  let best: Cut | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [quantity, { low, high }] of middle) {
    const side = region.get(quantity) ?? FREE;
    for (const face of [low, high]) {
      if (!(face > side.low && face < side.high)) continue;
      const effort = effortAfter(boxes, quantity, face);
      if (effort < least) {
        least = effort;
        best = { quantity, face };
      }
    }
  }
  return best;
}

/** What is left to do behind a face: boxes that it runs through count on both sides, and before all else. */
function effortAfter(boxes: readonly Box[], quantity: number, face: number): number {
  let below = 0;
  let above = 0;
  for (const box of boxes) {
    const { low, high } = box.get(quantity) ?? FREE;
    if (low < face) below += 1;
    if (high > face) above += 1;
  }
  return (below + above) * boxes.length + Math.max(below, above);
}
