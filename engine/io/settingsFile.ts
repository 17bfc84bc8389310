/** `case.json`: the settings of a case. */
import type { ProblemList } from '../base/errors.js';
import type { BusTable, CaseTables } from '../case/case.js';
import type { SettingsInput } from '../case/create.js';
import { type JsonObject, readJsonObject } from './jsonFile.js';
import type { ReadContext } from './table.js';

export const SETTINGS_FILE = 'case.json';

const FIELDS = [
  'name',
  'base_kva',
  'base_kv',
  'root',
  'root_voltage_pu',
  'v_min_pu',
  'v_max_pu',
  'grid_buy',
  'grid_sell',
  'grid_limit_kw',
  'interval_minutes',
  'description',
  'source',
];

/** What is missing is left to validation; what is of the wrong type is reported. */
export async function readSettings(context: ReadContext): Promise<SettingsInput> {
  const content = await readJsonObject(context.folder, SETTINGS_FILE);
  const unknown = Object.keys(content).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? 'field' : 'fields';
    context.warn(`${SETTINGS_FILE}: ignored unknown ${noun} ${unknown.join(', ')}`);
  }
  const fields = new SettingsFields(content, context.problems);
  return {
    name: fields.text('name') ?? '',
    baseKva: fields.number('base_kva') ?? Number.NaN,
    baseKv: fields.number('base_kv') ?? Number.NaN,
    ...fields.roots(),
    rootVoltagePu: fields.number('root_voltage_pu') ?? Number.NaN,
    vMinPu: fields.number('v_min_pu'),
    vMaxPu: fields.number('v_max_pu'),
    gridBuy: fields.number('grid_buy') ?? Number.NaN,
    gridSell: fields.number('grid_sell') ?? Number.NaN,
    gridLimitKw: fields.number('grid_limit_kw'),
    intervalMinutes: fields.number('interval_minutes'),
    description: fields.text('description'),
    source: fields.text('source'),
  };
}

class SettingsFields {
  constructor(
    private readonly content: JsonObject,
    private readonly problems: ProblemList,
  ) {}

  /** @returns undefined where not given; NaN where the field holds none, which is reported */
  number(name: string): number | undefined {
    const value = this.content[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    const beyond = typeof value === 'number';
    this.report(name, value, beyond ? 'beyond the range of numbers' : 'a number is needed');
    return Number.NaN;
  }

  text(name: string): string | undefined {
    const value = this.content[name] ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    this.report(name, value, 'a text is needed');
    return undefined;
  }

  /** One bus, or a list of them: the roots of the feeders of a region. */
  roots(): { readonly root: string; readonly otherRoots?: readonly string[] } {
    const value = this.content.root ?? '';
    if (!Array.isArray(value) || value.length === 0) return { root: this.busId(value) };
    const [root, ...otherRoots] = value.map((entry) => this.busId(entry));
    return { root, otherRoots };
  }

  /** Bus ids often look like numbers, so a whole number is taken for its text. */
  private busId(value: unknown): string {
    if (typeof value === 'number' && Number.isInteger(value)) return String(value);
    if (typeof value === 'string') return value.trim();
    this.report('root', value, 'the id of a bus is needed');
    return '';
  }

  private report(column: string, value: unknown, message: string): void {
    const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
    this.problems.add({ file: SETTINGS_FILE, column, value: shown, message });
  }
}

/** The settings as they go to `case.json`; what is not given is left out. */
export function settingsContent({ settings, buses }: CaseTables): object {
  const limits = commonVoltageLimits(buses);
  return {
    name: settings.name,
    base_kva: settings.baseKva,
    base_kv: settings.baseKv,
    root: buses.id[settings.rootBus],
    root_voltage_pu: settings.rootVoltagePu,
    v_min_pu: limits.vMinPu,
    v_max_pu: limits.vMaxPu,
    grid_buy: settings.gridBuy,
    grid_sell: settings.gridSell,
    ...(Number.isFinite(settings.gridLimitKw) ? { grid_limit_kw: settings.gridLimitKw } : {}),
    interval_minutes: settings.intervalMinutes,
    ...(settings.description === '' ? {} : { description: settings.description }),
    ...(settings.source === '' ? {} : { source: settings.source }),
  };
}

/** The pair of limits that most buses have, the first of them on a tie. */
export function commonVoltageLimits({ vMinPu, vMaxPu }: BusTable): {
  readonly vMinPu: number;
  readonly vMaxPu: number;
} {
  const count = new Map<string, number>();
  let common = 0;
  let largest = 0;
  for (let bus = 0; bus < vMinPu.length; bus += 1) {
    const pair = `${vMinPu[bus]} ${vMaxPu[bus]}`;
    const seen = (count.get(pair) ?? 0) + 1;
    count.set(pair, seen);
    if (seen > largest) {
      largest = seen;
      common = bus;
    }
  }
  return { vMinPu: vMinPu[common], vMaxPu: vMaxPu[common] };
}
