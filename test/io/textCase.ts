/** A small case as the texts of its files, as somebody might type them. */
import { temporaryFolder, writeFiles } from './temporaryFolder.js';

export type CaseFiles = Readonly<Record<string, string | Uint8Array | undefined>>;

export const TEXT_CASE = {
  'case.json': JSON.stringify({
    name: 'typed',
    base_kva: 1000,
    base_kv: 0.4,
    root: 'a',
    root_voltage_pu: 1,
    v_min_pu: 0.9,
    v_max_pu: 1.1,
    grid_buy: 0.3,
    grid_sell: 0.1,
  }),
  'buses.csv': 'bus\na\nb\n',
  'branches.csv': 'from,to,r_ohm,x_ohm\na,b,0.01,0.02\n',
  'communities.csv': 'community,bus,price_sensitivity\nm,b,10\n',
  'prosumers.csv':
    'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear\n' +
    'p,m,1,0,2,0.1,0.2\n' +
    'q,m,-1.5,0,2e-3,0.1,+.2\n',
} satisfies CaseFiles;

/** The case with some of its files replaced, or left out, in a folder. */
export function textCase(changes: CaseFiles = {}): string {
  const folder = temporaryFolder();
  writeFiles(folder, { ...TEXT_CASE, ...changes });
  return folder;
}
