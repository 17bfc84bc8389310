/**
 * The quotient graph of an elimination. Eliminating a node joins all its neighbours to one another; the graph
 * keeps such a clique as one *element* (the list of its members) instead of writing its edges out, and an
 * element disappears when a later one covers it. For a member i of the newest element p the degree is bounded
 * by
 *
 *     |A_i| + |L_p \ i| + Σ_e |L_e \ L_p|        (A_i: plain neighbours, L_e: members of element e)
 *
 * Members left with no neighbour outside p are eliminated with it. P. Amestoy, T. Davis, I. Duff, "An
 * approximate minimum degree ordering algorithm", SIAM J. Matrix Analysis 17 (1996).
 *
 * Lists are chains of cells. An elimination only relinks cells that it frees, so nothing is moved or
 * allocated on the way.
 */
import { DegreeQueue } from './degreeQueue.js';
import type { UpperPattern } from './symmetric.js';

const NONE = -1;

const VARIABLE = 0;
const ELEMENT = 1;
const GONE = 2;

export class QuotientGraph {
  readonly order: Int32Array;
  readonly queue: DegreeQueue;
  /** Nodes that take part. */
  readonly sparseCount: number;
  eliminated = 0;

  private readonly cellNode: Int32Array;
  private readonly cellNext: Int32Array;
  /** First cell of a variable's plain neighbours, or of an element's members. */
  private readonly variables: Int32Array;
  /** First cell of the elements that a variable belongs to. */
  private readonly elements: Int32Array;
  private readonly state: Uint8Array;
  private readonly degree: Int32Array;
  private readonly memberCount: Int32Array;
  /** |L_e \ L_p| for the elements seen while eliminating p. */
  private readonly outside: Int32Array;
  /** The last elimination in which a node was a member, or an element was seen. */
  private readonly stamp: Int32Array;

  /** @param lastNodes nodes that take no part: they end the order, unseen by the others */
  constructor(pattern: UpperPattern, lastNodes: readonly number[]) {
    const { size, start, row } = pattern;
    const cellCount = 2 * (row.length - size);
    this.order = new Int32Array(size);
    this.cellNode = new Int32Array(cellCount);
    this.cellNext = new Int32Array(cellCount);
    this.variables = new Int32Array(size).fill(NONE);
    this.elements = new Int32Array(size).fill(NONE);
    this.state = new Uint8Array(size).fill(VARIABLE);
    this.degree = new Int32Array(size);
    this.memberCount = new Int32Array(size);
    this.outside = new Int32Array(size);
    this.stamp = new Int32Array(size).fill(NONE);
    this.queue = new DegreeQueue(size);

    this.sparseCount = size - lastNodes.length;
    lastNodes.forEach((node, k) => {
      this.state[node] = GONE;
      this.order[this.sparseCount + k] = node;
    });
    let cell = 0;
    for (let k = 0; k < size; k++) {
      if (this.state[k] === GONE) continue;
      for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
        const i = row[entry];
        if (this.state[i] === GONE) continue;
        this.variables[k] = this.link(cell++, i, this.variables[k]);
        this.variables[i] = this.link(cell++, k, this.variables[i]);
        this.degree[k]++;
        this.degree[i]++;
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      if (this.state[k] === VARIABLE) this.queue.insert(k, this.degree[k]);
    }
  }

  private link(cell: number, node: number, next: number): number {
    this.cellNode[cell] = node;
    this.cellNext[cell] = next;
    return cell;
  }

  /** Turns variable `pivot` into an element and brings the degrees of its members up to date. */
  eliminate(pivot: number): void {
    this.number(pivot);
    this.gatherMembers(pivot);
    this.countOutside(pivot);
    this.pruneMembers(pivot);
    this.updateDegrees(pivot);
  }

  private number(node: number): void {
    this.order[this.eliminated++] = node;
  }

  /** L_p: the plain neighbours of p and the members of its elements, which p absorbs. */
  private gatherMembers(pivot: number): void {
    this.state[pivot] = ELEMENT;
    let members = this.moveUnseen(this.variables[pivot], pivot, NONE);
    for (let cell = this.elements[pivot]; cell !== NONE; cell = this.cellNext[cell]) {
      const element = this.cellNode[cell];
      if (this.state[element] === GONE) continue;
      this.state[element] = GONE;
      members = this.moveUnseen(this.variables[element], pivot, members);
    }
    this.variables[pivot] = members;
    this.elements[pivot] = NONE;
  }

  /** Moves the cells of variables not yet in L_p from one chain to the head of another. */
  private moveUnseen(source: number, pivot: number, target: number): number {
    const { cellNode, cellNext, state, stamp } = this;
    let head = target;
    let cell = source;
    while (cell !== NONE) {
      const next = cellNext[cell];
      const node = cellNode[cell];
      if (state[node] === VARIABLE && stamp[node] !== pivot) {
        stamp[node] = pivot;
        cellNext[cell] = head;
        head = cell;
        this.memberCount[pivot]++;
      }
      cell = next;
    }
    return head;
  }

  /** outside[e] = |L_e \ L_p| for every element e that shares a member with p. */
  private countOutside(pivot: number): void {
    const { cellNode, cellNext, elements, state, stamp, outside, memberCount } = this;
    for (let member = this.variables[pivot]; member !== NONE; member = cellNext[member]) {
      for (let cell = elements[cellNode[member]]; cell !== NONE; cell = cellNext[cell]) {
        const element = cellNode[cell];
        if (state[element] === GONE) continue;
        if (stamp[element] !== pivot) {
          stamp[element] = pivot;
          outside[element] = memberCount[element];
        }
        outside[element]--;
      }
    }
  }

  /** Drops from every member what p now covers, and eliminates members with nothing else left. */
  private pruneMembers(pivot: number): void {
    const { cellNode, cellNext } = this;
    let previous = NONE;
    let member = this.variables[pivot];
    while (member !== NONE) {
      const next = cellNext[member];
      const node = cellNode[member];
      this.queue.remove(node, this.degree[node]);
      if (this.pruneMember(node, pivot)) {
        previous = member;
      } else {
        this.state[node] = GONE;
        this.number(node);
        this.memberCount[pivot]--;
        if (previous === NONE) this.variables[pivot] = next;
        else cellNext[previous] = next;
      }
      member = next;
    }
  }

  /**
   * Prunes the two chains of one member, counting into its degree what is left of them, and puts p in
   * front of its elements in a cell that the pruning freed. There always is one: the node came into
   * L_p as a neighbour of p, or through an element that p absorbed.
   *
   * @returns false when nothing but p is left
   */
  private pruneMember(node: number, pivot: number): boolean {
    const { cellNode, cellNext, state, stamp, outside } = this;
    const bound = this.degree[node];
    let spare = NONE;
    let left = 0;
    let keptElements = NONE;
    for (let cell = this.elements[node]; cell !== NONE; ) {
      const next = cellNext[cell];
      const element = cellNode[cell];
      // An element inside p is covered by it, whether or not the pivot belonged to it.
      if (state[element] !== GONE && outside[element] === 0) state[element] = GONE;
      if (state[element] === GONE) {
        spare = cell;
      } else {
        left += outside[element];
        cellNext[cell] = keptElements;
        keptElements = cell;
      }
      cell = next;
    }
    let keptVariables = NONE;
    for (let cell = this.variables[node]; cell !== NONE; ) {
      const next = cellNext[cell];
      const neighbour = cellNode[cell];
      if (state[neighbour] !== VARIABLE || stamp[neighbour] === pivot) {
        spare = cell;
      } else {
        left++;
        cellNext[cell] = keptVariables;
        keptVariables = cell;
      }
      cell = next;
    }
    this.variables[node] = keptVariables;
    if (left === 0) return false;
    this.elements[node] = this.link(spare, pivot, keptElements);
    this.degree[node] = Math.min(bound, left);
    return true;
  }

  private updateDegrees(pivot: number): void {
    const { cellNode, cellNext, degree } = this;
    const others = this.memberCount[pivot] - 1;
    const largest = this.sparseCount - this.eliminated - 1;
    for (let member = this.variables[pivot]; member !== NONE; member = cellNext[member]) {
      const node = cellNode[member];
      degree[node] = Math.min(degree[node] + others, largest);
      this.queue.insert(node, degree[node]);
    }
  }
}
