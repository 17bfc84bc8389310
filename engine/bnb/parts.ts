/**
 * Branch and bound over a box that falls into parts which meet only through common multipliers. A plain tree
 * splits every part under every leaf of the others, so its size grows exponentially with their number. Here
 * each part keeps a list of leaves of its own (the leaves of an AND/OR tree: R. Dechter, R. Mateescu, "AND/OR
 * search spaces for graphical models", Artificial Intelligence 171, 2007), and one relaxation is solved over
 * the product of the leaf of least value of every part. For fixed common multipliers the Lagrangian is a sum,
 *
 *     bound = common term + Σ_k  min over the leaves of part k of its term,
 *
 * so that the number of relaxations grows with the leaves of a part, not with their product.
 */
import { isGapClosed } from './search.js';

/** A box that falls apart, and what its search needs. */
export interface PartProblem<Box, Proof, Point> {
  readonly partCount: number;
  /** Relaxes the product of one box of each part. */
  relax(boxes: readonly Box[]): PartOutcome<Box, Proof, Point>;
  /** The term of everything outside the parts. */
  commonTerm(common: Proof): number;
  /** The term of a part in one of its boxes, with its own multipliers inside and the common ones outside. */
  partTerm(part: number, box: Box, own: Proof, common: Proof): number;
  /**
   * A proof, drawn from that of an infeasible product, that this box of a part holds nothing whatever the
   * others do.
   */
  exclude(part: number, box: Box, proof: Proof): Proof | undefined;
}

export type PartOutcome<Box, Proof, Point> =
  | {
      readonly status: 'solved';
      readonly proof: Proof;
      readonly candidate: { readonly objective: number; readonly point: Point } | undefined;
      /** By part: boxes that cover the part's own; none where there is nothing to split. */
      readonly splits: readonly (readonly Box[])[];
    }
  | { readonly status: 'infeasible'; readonly proof: Proof }
  | { readonly status: 'unresolved' };

export interface PartLeaf<Box, Proof> {
  readonly box: Box;
  readonly proof: Proof;
  /** `excluded`: the proof shows that the box holds nothing. */
  readonly kind: 'bounded' | 'excluded';
}

/** The best bound that was found, and the multipliers and leaves that prove it. */
export interface PartProof<Box, Proof> {
  readonly bound: number;
  readonly common: Proof;
  /** By part; the boxes of a part's leaves cover its box. */
  readonly leaves: readonly (readonly PartLeaf<Box, Proof>[])[];
}

export interface PartSearchSettings {
  readonly gapTolerance: number;
  readonly solveLimit: number;
  readonly shouldStop: () => boolean;
}

export interface PartSearchResult<Box, Proof, Point> {
  readonly proof: PartProof<Box, Proof>;
  readonly candidate: { readonly objective: number; readonly point: Point } | undefined;
  /** Relaxations solved. */
  readonly solves: number;
}

/**
 * @param boxes the box of each part
 * @param first outcome of the relaxation over their product
 * @param incumbent objective of the best solution known, +∞ without one
 */
export function searchParts<Box, Proof, Point>(
  problem: PartProblem<Box, Proof, Point>,
  boxes: readonly Box[],
  first: Extract<PartOutcome<Box, Proof, Point>, { readonly status: 'solved' }>,
  incumbent: number,
  settings: PartSearchSettings,
): PartSearchResult<Box, Proof, Point> {
  const trees = new PartTrees(problem, boxes, first.proof);
  let { candidate } = first;
  let outcome: PartOutcome<Box, Proof, Point> = first;
  let solves = 0;
  for (;;) {
    if (outcome.status === 'unresolved') break;
    if (outcome.status === 'infeasible') {
      if (!trees.exclude(outcome.proof)) break;
    } else {
      if ((outcome.candidate?.objective ?? Number.POSITIVE_INFINITY) < objectiveOf(candidate)) {
        candidate = outcome.candidate;
      }
      trees.enter(outcome.proof, outcome.splits);
    }
    const best = Math.min(objectiveOf(candidate), incumbent);
    if (isGapClosed(best, trees.best.bound, settings.gapTolerance)) break;
    if (solves >= settings.solveLimit || settings.shouldStop()) break;
    const product = trees.leastProduct();
    if (product === undefined) break;
    outcome = problem.relax(product);
    solves += 1;
  }
  return { proof: trees.best, candidate, solves };
}

function objectiveOf(candidate: { readonly objective: number } | undefined): number {
  return candidate?.objective ?? Number.POSITIVE_INFINITY;
}

/** The leaves of all parts under the present common multipliers. */
class PartTrees<Box, Proof, Point> {
  best: PartProof<Box, Proof>;
  private common: Proof;
  private readonly leaves: PartLeaf<Box, Proof>[][];
  /** By part: position of the leaf of least value; −1 where every leaf is excluded. */
  private readonly least: number[];
  /** Leaves that were solved together: a product that comes again has nothing new to say. */
  private readonly solved = new Set<string>();
  private readonly serial = new Map<PartLeaf<Box, Proof>['box'], number>();

  constructor(
    private readonly problem: PartProblem<Box, Proof, Point>,
    boxes: readonly Box[],
    proof: Proof,
  ) {
    this.common = proof;
    this.leaves = boxes.map((box) => [{ box, proof, kind: 'bounded' }]);
    this.least = boxes.map(() => 0);
    this.best = { bound: Number.NEGATIVE_INFINITY, common: proof, leaves: [] };
    this.solved.add(this.productName());
  }

  /** The solution over the least product: its multipliers become the common ones, its leaves are split. */
  enter(proof: Proof, splits: readonly (readonly Box[])[]): void {
    this.common = proof;
    this.leaves.forEach((ofPart, part) => {
      const place = this.least[part] as number;
      const solved = ofPart[place];
      if (solved !== undefined) ofPart[place] = { ...solved, proof };
    });
    // Before the split as well: its children are worth more, but what they inherit may not show it.
    this.evaluate();
    this.leaves.forEach((ofPart, part) => {
      const split = splits[part] ?? [];
      const place = ofPart.findIndex((leaf) => leaf.proof === proof && leaf.kind === 'bounded');
      if (split.length === 0 || place < 0) return;
      ofPart.splice(place, 1, ...split.map((box) => ({ box, proof, kind: 'bounded' }) as const));
    });
    this.evaluate();
  }

  /** Takes out the leaves of the least product that a proof excludes by themselves; false without any. */
  exclude(proof: Proof): boolean {
    let found = false;
    this.leaves.forEach((ofPart, part) => {
      const place = this.least[part] as number;
      const leaf = ofPart[place];
      const own = leaf && this.problem.exclude(part, leaf.box, proof);
      if (leaf === undefined || own === undefined) return;
      ofPart[place] = { box: leaf.box, proof: own, kind: 'excluded' };
      found = true;
    });
    if (found) this.evaluate();
    return found;
  }

  /** One box a part; undefined when a part has none left, or the product was solved before. */
  leastProduct(): Box[] | undefined {
    if (this.least.includes(-1)) return undefined;
    const name = this.productName();
    if (this.solved.has(name)) return undefined;
    this.solved.add(name);
    return this.leaves.flatMap((ofPart, part) => ofPart[this.least[part] as number]?.box ?? []);
  }

  private evaluate(): void {
    const { problem, common, leaves } = this;
    let bound = problem.commonTerm(common);
    leaves.forEach((ofPart, part) => {
      let least = Number.POSITIVE_INFINITY;
      this.least[part] = -1;
      ofPart.forEach(({ box, proof, kind }, place) => {
        if (kind === 'excluded') return;
        const value = problem.partTerm(part, box, proof, common);
        if (value >= least) return;
        least = value;
        this.least[part] = place;
      });
      bound += least;
    });
    if (bound > this.best.bound) {
      this.best = { bound, common, leaves: leaves.map((ofPart) => [...ofPart]) };
    }
  }

  private productName(): string {
    return this.leaves
      .map((ofPart, part) => this.nameOf(ofPart[this.least[part] as number]))
      .join();
  }

  private nameOf(leaf: PartLeaf<Box, Proof> | undefined): number {
    if (leaf === undefined) return -1;
    const known = this.serial.get(leaf.box);
    if (known !== undefined) return known;
    this.serial.set(leaf.box, this.serial.size);
    return this.serial.size - 1;
  }
}
