/** The moments of a search in `summary.json`. A bound or an incumbent that was not there yet is left out. */
import type { SearchMoment } from '../clearing/result.js';
import { isJsonObject } from './jsonFile.js';

export interface SearchMomentField {
  readonly nodes: number;
  readonly time_ms: number;
  readonly bound_usd_per_h?: number;
  readonly incumbent_usd_per_h?: number;
}

export function traceField(moments: readonly SearchMoment[]): SearchMomentField[] {
  return moments.map(({ nodes, milliseconds, bound, incumbent }) => ({
    nodes,
    time_ms: milliseconds,
    ...(Number.isFinite(bound) ? { bound_usd_per_h: bound } : {}),
    ...(Number.isFinite(incumbent) ? { incumbent_usd_per_h: incumbent } : {}),
  }));
}

/** @returns undefined for anything that is no list of moments */
export function readTrace(value: unknown): SearchMoment[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const moments: SearchMoment[] = [];
  for (const entry of value) {
    if (!isJsonObject(entry)) return undefined;
    const { nodes, time_ms: milliseconds } = entry;
    if (typeof nodes !== 'number' || typeof milliseconds !== 'number') return undefined;
    const bound = entry.bound_usd_per_h ?? Number.NEGATIVE_INFINITY;
    const incumbent = entry.incumbent_usd_per_h ?? Number.POSITIVE_INFINITY;
    if (typeof bound !== 'number' || typeof incumbent !== 'number') return undefined;
    moments.push({ nodes, milliseconds, bound, incumbent });
  }
  return moments;
}
