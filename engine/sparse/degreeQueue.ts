/**
 * Nodes in buckets by degree, to take out one of least degree in amortised constant time.
 * A bucket is a doubly linked list; ties go to the node that came last, so results are reproducible.
 */
import { InternalError } from '../base/errors.js';

const NONE = -1;

/** A priority queue for degrees 0 … size − 1. */
export class DegreeQueue {
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private least = 0;

  constructor(size: number) {
    this.first = new Int32Array(size + 1).fill(NONE);
    this.next = new Int32Array(size).fill(NONE);
    this.previous = new Int32Array(size).fill(NONE);
  }

  insert(node: number, degree: number): void {
    const head = this.first[degree];
    this.next[node] = head;
    this.previous[node] = NONE;
    if (head !== NONE) this.previous[head] = node;
    this.first[degree] = node;
    if (degree < this.least) this.least = degree;
  }

  /** Takes a node out; `degree` is the one it was inserted with. */
  remove(node: number, degree: number): void {
    const before = this.previous[node];
    const after = this.next[node];
    if (before === NONE) this.first[degree] = after;
    else this.next[before] = after;
    if (after !== NONE) this.previous[after] = before;
  }

  takeLeast(): number {
    while (this.least < this.first.length && this.first[this.least] === NONE) this.least++;
    if (this.least === this.first.length) throw new InternalError('degree queue: no node left');
    const node = this.first[this.least];
    this.remove(node, this.least);
    return node;
  }
}
