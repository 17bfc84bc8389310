/**
 * Branch and bound (A. H. Land, A. G. Doig, 1960), for any problem whose nodes can be relaxed, split and
 * inherit a proof of their bound. Best bound first; until there is an incumbent the search dives, child after
 * child, because only an incumbent closes nodes.
 *
 * The bound of the whole search is the least bound of its leaves: the nodes closed, the nodes open, and the
 * incumbent never enters it. A node that could not be solved keeps the bound it inherited.
 *
 * Once the tree is large, nodes are relaxed in rounds of a fixed size, which the problem may share among
 * threads. Rounds do not depend on how many there are, and outcomes are taken in the order of the nodes: so
 * neither does the result.
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
      /** What is left of the node's box: bound, proof and children are about it. */
      readonly box: Box;
      readonly bound: number;
      readonly proof: Proof;
      /** Parts of the node's box that were cut off; with `box` they cover it. */
      readonly cutOff: readonly SearchNode<Box, Proof>[];
      /** A solution of the true problem, if the relaxation led to one. */
      readonly candidate: { readonly objective: number; readonly point: Point } | undefined;
      /** Boxes that cover what is left; none where the relaxation cannot be split further. */
      readonly children: readonly Box[];
      /** Relaxations that were solved for it, 1 as a rule. */
      readonly solves: number;
    }
  | { readonly status: 'infeasible'; readonly proof: Proof }
  | { readonly status: 'unresolved' };

export interface SearchProblem<Box, Proof, Point> {
  readonly root: Box;
  /**
   * Outcomes of the boxes, in their order; each depends on its box and the context alone.
   */
  relax(
    boxes: readonly Box[],
    context: RelaxContext,
  ): Promise<readonly NodeOutcome<Box, Proof, Point>[]>;
  /** What a parent's proof says of a child's box: the proof as it holds there, and its bound. */
  inherit(box: Box, proof: Proof): { readonly bound: number; readonly proof: Proof };
}

export interface RelaxContext {
  /** Objective of the incumbent; +∞ without one. */
  readonly incumbent: number;
  /** Relaxations that each of the boxes may take at most. */
  readonly solveLimit: number;
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

/** Nodes relaxed one after the other before rounds begin: small trees gain nothing from speculation. */
const NODES_BEFORE_ROUNDS = 16;

/** Nodes of a round. */
const ROUND_SIZE = 8;

export async function search<Box, Proof, Point>(
  problem: SearchProblem<Box, Proof, Point>,
  settings: SearchSettings,
): Promise<SearchResult<Box, Proof, Point>> {
  const tree = new SearchTree(problem, settings.gapTolerance);
  let nodes = 0;
  let stopped = false;
  for (;;) {
    const size = nodes < NODES_BEFORE_ROUNDS ? 1 : ROUND_SIZE;
    const round = tree.take(Math.min(size, Math.ceil(settings.nodeLimit - nodes)));
    if (round.length === 0) {
      stopped = tree.hasOpenNodes;
      break;
    }
    stopped = settings.shouldStop();
    if (stopped) {
      tree.closeUnsolved(round);
      break;
    }
    const outcomes = await problem.relax(
      round.map(({ box }) => box),
      {
        incumbent: tree.objective,
        solveLimit: Math.max(1, Math.floor((settings.nodeLimit - nodes) / round.length)),
      },
    );
    outcomes.forEach((outcome, k) => {
      nodes += outcome.status === 'bounded' ? outcome.solves : 1;
      tree.enter(round[k] as SearchNode<Box, Proof>, outcome);
    });
    await settings.pause?.({ nodes, bound: tree.bound, incumbent: tree.objective });
  }
  tree.closeAll();
  // A node that was interrupted closes unresolved: that, too, is a stop.
  stopped ||= settings.shouldStop();
  const { incumbent, bound, closed } = tree;
  return {
    status: searchStatus(incumbent?.objective, bound, stopped, settings.gapTolerance),
    incumbent,
    bound,
    nodes,
    leaves: closed,
  };
}

/** Open and closed nodes and the best solution so far. */
class SearchTree<Box, Proof, Point> {
  readonly closed: SearchNode<Box, Proof>[] = [];
  incumbent: { readonly objective: number; readonly point: Point } | undefined;
  private readonly open = new NodeHeap<SearchNode<Box, Proof>>();
  /** Children of the nodes on the way down, best last; empty once there is an incumbent. */
  private readonly dive: SearchNode<Box, Proof>[] = [];
  private closedBound = Number.POSITIVE_INFINITY;

  constructor(
    private readonly problem: SearchProblem<Box, Proof, Point>,
    private readonly gapTolerance: number,
  ) {
    this.open.push({ box: problem.root, bound: Number.NEGATIVE_INFINITY, proof: undefined });
  }

  get objective(): number {
    return this.incumbent?.objective ?? Number.POSITIVE_INFINITY;
  }

  get hasOpenNodes(): boolean {
    return this.dive.length > 0 || this.open.size > 0;
  }

  /** Least bound of all leaves. */
  get bound(): number {
    const ofDive = this.dive.reduce(
      (least, node) => Math.min(least, node.bound),
      Number.POSITIVE_INFINITY,
    );
    return Math.min(this.closedBound, this.open.smallest, ofDive);
  }

  /** Takes out up to so many open nodes that are worth solving; fewer when the others are. */
  take(count: number): SearchNode<Box, Proof>[] {
    const round: SearchNode<Box, Proof>[] = [];
    while (round.length < count) {
      const node = this.dive.pop() ?? this.open.pop();
      if (node === undefined) break;
      if (isGapClosed(this.incumbent?.objective, node.bound, this.gapTolerance)) {
        // Best-bound order: every other open node is closed with it.
        this.close(node);
        this.closeAll();
        break;
      }
      round.push(node);
    }
    return round;
  }

  enter(node: SearchNode<Box, Proof>, outcome: NodeOutcome<Box, Proof, Point>): void {
    switch (outcome.status) {
      case 'infeasible':
        this.close({ box: node.box, bound: Number.POSITIVE_INFINITY, proof: outcome.proof });
        return;
      case 'unresolved':
        this.close(node);
        return;
      case 'bounded': {
        for (const part of outcome.cutOff) this.close(part);
        const solved = strongerNode(node, outcome);
        const { candidate } = outcome;
        if (candidate !== undefined && candidate.objective < this.objective) {
          this.incumbent = candidate;
          for (const passed of this.dive.splice(0)) this.open.push(passed);
        }
        if (outcome.children.length === 0) this.close(solved);
        this.addChildren(outcome.children.map((box) => childOf(this.problem, solved, box)));
      }
    }
  }

  /** Nodes that were taken out and not solved. */
  closeUnsolved(nodes: readonly SearchNode<Box, Proof>[]): void {
    for (const node of nodes) this.close(node);
  }

  closeAll(): void {
    for (const node of this.dive.splice(0)) this.close(node);
    for (const node of this.open.drain()) this.close(node);
  }

  private addChildren(children: SearchNode<Box, Proof>[]): void {
    if (this.incumbent === undefined) {
      this.dive.push(...children.toSorted((a, b) => b.bound - a.bound));
      return;
    }
    for (const child of children) this.open.push(child);
  }

  private close(node: SearchNode<Box, Proof>): void {
    this.closed.push(node);
    this.closedBound = Math.min(this.closedBound, node.bound);
  }
}

/** (objective − bound) / max(1, |objective|) within the tolerance. */
export function isGapClosed(
  objective: number | undefined,
  bound: number,
  tolerance: number,
): boolean {
  if (objective === undefined || objective === Number.POSITIVE_INFINITY) return false;
  return objective - bound <= tolerance * Math.max(1, Math.abs(objective));
}

/** A node keeps the better of what it inherited and what its own solution proved. */
function strongerNode<Box, Proof>(
  node: SearchNode<Box, Proof>,
  { box, bound, proof }: SearchNode<Box, Proof>,
): SearchNode<Box, Proof> {
  return bound >= node.bound ? { box, bound, proof } : { ...node, box };
}

function childOf<Box, Proof, Point>(
  problem: SearchProblem<Box, Proof, Point>,
  parent: SearchNode<Box, Proof>,
  box: Box,
): SearchNode<Box, Proof> {
  const { proof, bound } = parent;
  return proof === undefined ? { box, bound, proof } : { box, ...problem.inherit(box, proof) };
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
