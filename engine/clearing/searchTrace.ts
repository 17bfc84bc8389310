/**
 * How bound and incumbent came together: a short record of a search, for pictures of it.
 *
 * A moment is kept where the bound or the incumbent moved, and the last one always. Once there are more than
 * `MOST_MOMENTS`, every other one is dropped and from then on moments are twice as far apart in nodes: the record
 * stays short whatever the search does, and costs nothing beside a node.
 */
import type { SearchMoment } from './result.js';

/** Enough for a curve across a page, and a few kilobytes in `summary.json`. */
const MOST_MOMENTS = 200;

export class SearchTrace {
  private kept: SearchMoment[] = [];
  private latest: SearchMoment | undefined;
  /** Nodes between moments that are kept. */
  private spacing = 1;
  private readonly started = performance.now();

  add({ nodes, bound, incumbent }: Omit<SearchMoment, 'milliseconds'>): void {
    const moment = { nodes, milliseconds: performance.now() - this.started, bound, incumbent };
    this.latest = moment;
    const last = this.kept.at(-1);
    const moved = last === undefined || last.bound !== bound || last.incumbent !== incumbent;
    if (!moved || (last !== undefined && nodes - last.nodes < this.spacing)) return;
    this.kept.push(moment);
    if (this.kept.length < MOST_MOMENTS) return;
    this.kept = this.kept.filter((_, place) => place % 2 === 0);
    this.spacing *= 2;
  }

  /** At most `MOST_MOMENTS`, in the order of nodes. */
  get moments(): readonly SearchMoment[] {
    const { kept, latest } = this;
    return latest === undefined || kept.at(-1) === latest ? kept : [...kept, latest];
  }
}
