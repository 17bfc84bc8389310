/**
 * Do the leaves of a proof cover the whole search space, and those of a part the box of their leaf? A region
 * that no single leaf contains is cut in two along a face of one of the leaves that meet it, until every
 * piece lies in a leaf, or one meets none. Of the faces of a leaf the one that cuts the fewest others is
 * taken, and of those the one that parts them most evenly: a search splits boxes in two, and going back along
 * its splits cuts none. Where it cuts off slices of a box one after the other, the first slice has the face.
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
  const open: Piece[] = [{ region, boxes: leaves.map(boxOf).filter((box) => meets(box, region)) }];
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
      const left = boxes.filter((box) => overlaps(box.get(cut.quantity) ?? FREE, half));
      open.push({ region: narrowed, boxes: left });
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

/** Whether a box shares more than a face with a region. */
function meets(box: Box, region: Box): boolean {
  for (const [quantity, side] of box) {
    if (!overlaps(side, region.get(quantity) ?? FREE)) return false;
  }
  return true;
}

/** Written so that an interval of NaN overlaps nothing. */
function overlaps(first: Interval, second: Interval): boolean {
  return first.low < second.high && first.high > second.low;
}

/** A face through the region of the first box, or where those cut others, of the one in the middle. */
function bestCut(region: Box, boxes: readonly Box[]): Cut | undefined {
  let best: Cut | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const box of [boxes[0], boxes[boxes.length >> 1]]) {
    if (box === undefined) return undefined;
    for (const [quantity, { low, high }] of box) {
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
    // No box lies on both sides.
    if (least < (boxes.length + 1) * boxes.length) return best;
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
