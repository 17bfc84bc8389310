/**
 * A case from plain columns: references are ids, and what is optional may be left out. The readers
 * of files and whoever builds a case in memory come through here.
 *
 * Column names and units are those of the case format in camel case. In a column of numbers NaN
 * means "not given", in a column of texts the empty string does. Columns of numbers of prosumers and devices
 * that are in shared memory already are taken over as they are; all else is copied.
 */
import { ProblemList } from '../base/errors.js';
import { assembleTables } from './assemble.js';
import type { Case } from './case.js';
import type { IdColumn } from './idColumn.js';
import type { LabelColumn } from './labelColumn.js';
import type { Provenance } from './provenance.js';
import { validateCase } from './validate.js';

type Numbers = ArrayLike<number>;
type Texts = readonly string[];
type Ids = Texts | IdColumn;

export interface SettingsInput {
  readonly name: string;
  readonly baseKva: number;
  readonly baseKv: number;
  /** Id of the root bus. */
  readonly root: string;
  /** Further roots, of the other feeders of a region (region.ts). */
  readonly otherRoots?: readonly string[] | undefined;
  readonly rootVoltagePu: number;
  /** Limits of the buses that have none of their own. */
  readonly vMinPu?: number | undefined;
  readonly vMaxPu?: number | undefined;
  readonly gridBuy: number;
  readonly gridSell: number;
  readonly gridLimitKw?: number | undefined;
  readonly intervalMinutes?: number | undefined;
  readonly description?: string | undefined;
  readonly source?: string | undefined;
}

export interface BusColumns {
  readonly bus: Texts;
  readonly vMinPu?: Numbers | undefined;
  readonly vMaxPu?: Numbers | undefined;
  readonly loadKw?: Numbers | undefined;
  readonly loadKvar?: Numbers | undefined;
  readonly shuntKvar?: Numbers | undefined;
  readonly x?: Numbers | undefined;
  readonly y?: Numbers | undefined;
}

export interface BranchColumns {
  readonly from: Texts;
  readonly to: Texts;
  readonly rOhm: Numbers;
  readonly xOhm: Numbers;
  readonly iMaxA?: Numbers | undefined;
  readonly ratio?: Numbers | undefined;
  /** `closed` (default) or `open`. */
  readonly status?: Texts | undefined;
}

export interface CommunityColumns {
  readonly community: Texts;
  readonly bus: Texts;
  readonly priceSensitivity?: Numbers | undefined;
  readonly qMinKvar?: Numbers | undefined;
  readonly qMaxKvar?: Numbers | undefined;
  readonly priceMin?: Numbers | undefined;
  readonly priceMax?: Numbers | undefined;
  readonly zone?: Texts | undefined;
}

export interface ProsumerColumns {
  readonly prosumer: Ids;
  readonly community: Texts | LabelColumn;
  readonly demandKw: Numbers;
  readonly demandKvar?: Numbers | undefined;
  /** Bounds and costs may be left out for prosumers that own devices. */
  readonly pMinKw?: Numbers | undefined;
  readonly pMaxKw?: Numbers | undefined;
  readonly costQuadratic?: Numbers | undefined;
  readonly costLinear?: Numbers | undefined;
}

export interface DeviceColumns {
  readonly device: Ids;
  readonly prosumer: Ids;
  readonly pMinKw: Numbers;
  readonly pMaxKw: Numbers;
  readonly costQuadratic: Numbers;
  readonly costLinear: Numbers;
}

export interface CaseColumns {
  readonly settings: SettingsInput;
  readonly buses: BusColumns;
  readonly branches: BranchColumns;
  readonly communities: CommunityColumns;
  readonly prosumers: ProsumerColumns;
  readonly devices?: DeviceColumns | undefined;
}

/**
 * Resolves references, fills in defaults, validates.
 * @param provenance where the rows came from
 * @param problems what is known to be wrong already
 * @throws CaseError with everything that is wrong
 */
export function createCase(
  columns: CaseColumns,
  provenance: Provenance = {},
  problems = new ProblemList(),
): Case {
  return validateCase(assembleTables(columns, provenance, problems), provenance, problems);
}
