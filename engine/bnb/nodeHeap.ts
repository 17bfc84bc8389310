/** Open nodes, least bound first; nodes of equal bound in the order they came. */
export class NodeHeap<Node extends { readonly bound: number }> {
  private readonly items: { readonly node: Node; readonly arrival: number }[] = [];
  private arrivals = 0;

  /** Least bound of an open node; Infinity when there is none. */
  get smallest(): number {
    return this.items[0]?.node.bound ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.items.length;
  }

  push(node: Node): void {
    const item = { node, arrival: this.arrivals };
    this.arrivals += 1;
    let slot = this.items.length;
    this.items.push(item);
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.precedes(slot, parent)) break;
      this.swap(slot, parent);
      slot = parent;
    }
  }

  pop(): Node | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.items.length > 0) {
      this.items[0] = last;
      this.sink(0);
    }
    return first.node;
  }

  /** Takes all nodes out, in no particular order. */
  drain(): Node[] {
    return this.items.splice(0).map((item) => item.node);
  }

  private sink(start: number): void {
    let slot = start;
    for (;;) {
      let least = slot;
      if (this.precedes(2 * slot + 1, least)) least = 2 * slot + 1;
      if (this.precedes(2 * slot + 2, least)) least = 2 * slot + 2;
      if (least === slot) return;
      this.swap(slot, least);
      slot = least;
    }
  }

  private precedes(a: number, b: number): boolean {
    const first = this.items[a];
    const second = this.items[b];
    if (first === undefined || second === undefined) return false;
    if (first.node.bound !== second.node.bound) return first.node.bound < second.node.bound;
    return first.arrival < second.arrival;
  }

  private swap(a: number, b: number): void {
    const first = this.items[a];
    const second = this.items[b];
    if (first === undefined || second === undefined) return;
    this.items[a] = second;
    this.items[b] = first;
  }
}
