/**
 * Best-bound branch and bound (A. H. Land, A. G. Doig, 1960), for any problem whose nodes can be
 * relaxed, split and inherit a proof of their bound.
 *
 * The bound of the whole search is the least bound of its leaves: the nodes closed, the nodes open, and the
 * incumbent never enters it. A node that could not be solved keeps the bound it inherited.
 */
import { NodeHeap } from './nodeHeap.js';

/** A part of the search space with a proof that nothing in it costs less than `bound`. */
export interface SearchNode<Box, Proof> {
  readonly box: Box;
  readonly bound: number;
  /** Undefined at the root before it is solved. */
  readonly proof: Proof | undefined;
}

export type NodeOutcome<Box, Proof, Point> =
  | {
      readonly status: 'bounded';
      readonly bound: number;
      readonly proof: Proof;
      /** A solution of the true problem, if the relaxation led to one. */
      readonly candidate: { readonly objective: number; readonly point: Point } | undefined;
      /** Boxes that cover this one; none where the relaxation cannot be split further. */
      readonly children: readonly Box[];
    }
  | { readonly status: 'infeasible'; readonly proof: Proof }
  | { readonly status: 'unresolved' };

export interface SearchProblem<Box, Proof, Point> {
  readonly root: Box;
  relax(box: Box): NodeOutcome<Box, Proof, Point>;
  /** The bound that a parent's proof gives in a child's box. */
  inherit(box: Box, proof: Proof): number;
}

export interface SearchSettings {
  /** Gap relative to max(1, |objective|) at which the search is done. */
  readonly gapTolerance: number;
  readonly nodeLimit: number;
  readonly shouldStop: () => boolean;
  /** Called between nodes: a place for others to run. */
  readonly pause?: (progress: SearchProgress) => Promise<void>;
}

export interface SearchProgress {
  readonly nodes: number;
  readonly bound: number;
  readonly incumbent: number;
}

export interface SearchResult<Box, Proof, Point> {
  /**
   * `proven`: the gap is closed. `infeasible`: every leaf is. `exhausted`: no leaf can be split, yet a gap
   * remains (the relaxation is not tight, or a node could not be solved). `stopped`: by limit or caller.
   */
  readonly status: 'proven' | 'infeasible' | 'exhausted' | 'stopped';
  readonly incumbent: { readonly objective: number; readonly point: Point } | undefined;
  readonly bound: number;
  readonly nodes: number;
  /** Their boxes cover the root's. */
  readonly leaves: readonly SearchNode<Box, Proof>[];
}

export async function search<Box, Proof, Point>(
  problem: SearchProblem<Box, Proof, Point>,
  settings: SearchSettings,
): Promise<SearchResult<Box, Proof, Point>> {
  const open = new NodeHeap<SearchNode<Box, Proof>>();
  const closed: SearchNode<Box, Proof>[] = [];
  let incumbent: { readonly objective: number; readonly point: Point } | undefined;
  let nodes = 0;
  let stopped = false;
  open.push({ box: problem.root, bound: Number.NEGATIVE_INFINITY, proof: undefined });

  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    stopped = nodes >= settings.nodeLimit || settings.shouldStop();
    if (stopped || isGapClosed(incumbent?.objective, node.bound, settings.gapTolerance)) {
      // Best-bound order: every other open node is closed with it.
      closed.push(node, ...open.drain());
      break;
    }
    nodes += 1;
    const outcome = problem.relax(node.box);
    switch (outcome.status) {
      case 'infeasible':
        closed.push({ box: node.box, bound: Number.POSITIVE_INFINITY, proof: outcome.proof });
        break;
      case 'unresolved':
        closed.push(node);
        break;
      case 'bounded': {
        const solved = strongerNode(node, outcome.bound, outcome.proof);
        const { candidate } = outcome;
        if (candidate && candidate.objective < (incumbent?.objective ?? Number.POSITIVE_INFINITY)) {
          incumbent = candidate;
        }
        if (outcome.children.length === 0) closed.push(solved);
        for (const box of outcome.children) open.push(childOf(problem, solved, box));
      }
    }
    const bound = leastBound(closed, open.smallest);
    await settings.pause?.({
      nodes,
      bound,
      incumbent: incumbent?.objective ?? Number.POSITIVE_INFINITY,
    });
  }

  // A node that was interrupted closes unresolved: that, too, is a stop.
  stopped ||= settings.shouldStop();
  const bound = leastBound(closed, Number.POSITIVE_INFINITY);
  return {
    status: searchStatus(incumbent?.objective, bound, stopped, settings.gapTolerance),
    incumbent,
    bound,
    nodes,
    leaves: closed,
  };
}

/** (objective − bound) / max(1, |objective|) within the tolerance. */
export function isGapClosed(
  objective: number | undefined,
  bound: number,
  tolerance: number,
): boolean {
  if (objective === undefined) return false;
  return objective - bound <= tolerance * Math.max(1, Math.abs(objective));
}

/** A node keeps the better of what it inherited and what its own solution proved. */
function strongerNode<Box, Proof>(
  node: SearchNode<Box, Proof>,
  bound: number,
  proof: Proof,
): SearchNode<Box, Proof> {
  return bound >= node.bound ? { box: node.box, bound, proof } : node;
}

function childOf<Box, Proof, Point>(
  problem: SearchProblem<Box, Proof, Point>,
  parent: SearchNode<Box, Proof>,
  box: Box,
): SearchNode<Box, Proof> {
  const { proof } = parent;
  const bound = proof === undefined ? parent.bound : problem.inherit(box, proof);
  return { box, bound: Math.max(bound, parent.bound), proof };
}

function leastBound<Box, Proof>(
  closed: readonly SearchNode<Box, Proof>[],
  openBound: number,
): number {
  return closed.reduce((least, node) => Math.min(least, node.bound), openBound);
}

function searchStatus(
  objective: number | undefined,
  bound: number,
  stopped: boolean,
  tolerance: number,
): SearchResult<unknown, unknown, unknown>['status'] {
  if (isGapClosed(objective, bound, tolerance)) return 'proven';
  if (objective === undefined && bound === Number.POSITIVE_INFINITY) return 'infeasible';
  return stopped ? 'stopped' : 'exhausted';
}
