import type { CaseColumns } from '../../engine/case/create.js';

/** Columns whose every id of a place has so many characters more that HTML has to escape. */
export function withLongIds(columns: CaseColumns, repeats: number): CaseColumns {
  const long = (id: string): string => `${id}-${'<é&>'.repeat(repeats)}`;
  const { branches, buses, communities, prosumers, settings } = columns;
  if (!Array.isArray(prosumers.community)) throw new Error('random columns hold texts');
  return {
    ...columns,
    settings: { ...settings, root: long(settings.root) },
    buses: { ...buses, bus: buses.bus.map(long) },
    branches: { ...branches, from: branches.from.map(long), to: branches.to.map(long) },
    communities: {
      ...communities,
      community: communities.community.map(long),
      bus: communities.bus.map(long),
    },
    prosumers: { ...prosumers, community: prosumers.community.map(long) },
  };
}
