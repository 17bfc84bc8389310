/**
 * Which buses that are drawn show communities: their own, and those of buses behind them that are not drawn.
 */
import type { Case } from '../../case/case.js';
import { label } from '../columns.js';
import type { ShownBuses } from '../shownBuses.js';

export interface Hosts {
  /** Rows of the communities of every host. */
  readonly members: readonly (readonly number[])[];
  /** Per bus drawn: which host it is; null where it is none. */
  readonly places: readonly (number | null)[];
  /** Per bus drawn: names of its communities; empty without any. */
  readonly names: readonly string[];
}

/** Communities named at a bus; more are counted. */
const NAMED = 3;

export function hostsOf({ branches, communities }: Case, shown: ShownBuses): Hosts {
  const drawn = new Map(shown.rows.map((bus, place) => [bus, place]));
  const lists = shown.rows.map((): number[] => []);
  communities.bus.forEach((home, m) => {
    let bus = home;
    while (!drawn.has(bus) && shown.parentBranch[bus] >= 0) {
      const branch = shown.parentBranch[bus];
      bus = branches.from[branch] === bus ? branches.to[branch] : branches.from[branch];
    }
    lists[drawn.get(bus) ?? 0].push(m);
  });
  const members = lists.filter((list) => list.length > 0);
  let host = 0;
  return {
    members,
    places: lists.map((list) => (list.length > 0 ? host++ : null)),
    names: lists.map((list) => {
      const named = list.slice(0, NAMED).map((m) => label(communities.id[m]));
      const more = list.length - named.length;
      return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
    }),
  };
}
