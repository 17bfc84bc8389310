/**
 * The case's voltage limits for buses that have none of their own. They are checked here, where the
 * mistake was made, and not once for every bus that inherits them.
 */
import type { ProblemList } from '../base/errors.js';
import type { CaseColumns } from './create.js';
import { fileOf, type Provenance } from './provenance.js';
import { LARGEST_MAGNITUDE, unusable } from './tableCheck.js';

export interface VoltageLimits {
  readonly vMinPu: number;
  readonly vMaxPu: number;
}

/** Stands in for limits that were reported: no bus raises a second problem over it. */
const WIDEST: VoltageLimits = { vMinPu: Number.MIN_VALUE, vMaxPu: LARGEST_MAGNITUDE };

export function defaultVoltageLimits(
  columns: CaseColumns,
  provenance: Provenance,
  problems: ProblemList,
): VoltageLimits {
  const { settings, buses } = columns;
  const file = fileOf(provenance, 'settings');
  const isMissing = (values: ArrayLike<number> | undefined): boolean =>
    values === undefined || Array.from(values).some(Number.isNaN);

  let faulty = false;
  const check = (column: string, limit: number, missing: boolean): void => {
    const given = !Number.isNaN(limit);
    if (!given && !missing) return;
    let message = '';
    if (!(Math.abs(limit) <= LARGEST_MAGNITUDE)) message = unusable(limit);
    else if (limit <= 0) message = 'a voltage must be above 0';
    if (message === '') return;
    faulty = true;
    problems.add({ file, column, ...(given ? { value: String(limit) } : {}), message });
  };
  const low = settings.vMinPu ?? Number.NaN;
  const high = settings.vMaxPu ?? Number.NaN;
  check('v_min_pu', low, isMissing(buses.vMinPu));
  check('v_max_pu', high, isMissing(buses.vMaxPu));
  if (low > high) {
    faulty = true;
    const message = `above v_max_pu, which is ${high}`;
    problems.add({ file, column: 'v_min_pu', value: String(low), message });
  }
  return faulty ? WIDEST : { vMinPu: low, vMaxPu: high };
}
