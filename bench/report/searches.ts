/** Sections on the search: hard families of markets, and where the relaxation is not tight. */

import { groupBy } from '../../engine/generate/groups.js';
import { foldedTable, paragraph, table } from '../../engine/page/panels.js';
import { counted } from '../../engine/report/numbers.js';
import type { SearchFile, TightnessFile } from './results.js';
import { decimal, numberColumn, type Section, section, small, textColumn } from './section.js';

/** Of many hundreds, those with the most nodes. */
const SHOWN_SEARCHES = 25;

const PROVEN = ['optimal', 'infeasible'];

export function searchSection({ machine, rows }: SearchFile): Section {
  const hardest = [...rows].sort(byNodes).slice(0, SHOWN_SEARCHES);
  const unproven = rows.filter(({ status }) => !PROVEN.includes(status)).length;
  const families = [...groupBy(rows, ({ family }) => family)];
  return section('bnb', 'Branch and bound', machine, [
    paragraph(`${counted(rows.length, 'market')}, ${unproven} of them not proven.`),
    table('Nodes by family', [
      textColumn('family', families, ([family]) => family),
      numberColumn('markets', families, ([, own]) => decimal(own.length, 0)),
      numberColumn('of one node', families, ([, own]) =>
        decimal(own.filter(({ nodes }) => nodes === 1).length, 0),
      ),
      numberColumn('most nodes', families, ([, own]) => decimal(mostNodes(own), 0)),
    ]),
    paragraph(`The ${hardest.length} with the most nodes:`),
    table('Most nodes', [
      textColumn('market', hardest, ({ family, market }) => `${family}, ${market}`),
      textColumn('status', hardest, (row) => row.status),
      numberColumn('nodes', hardest, (row) => decimal(row.nodes, 0)),
      numberColumn('gap', hardest, (row) => small(row.gap)),
      numberColumn('root gap', hardest, (row) => small(row.root_gap)),
      numberColumn('off the envelope', hardest, (row) => decimal(row.off_envelope, 0)),
      numberColumn('ms', hardest, (row) => decimal(row.total_ms, 0)),
    ]),
  ]);
}

export function tightnessSection({ machine, rows, seconds }: TightnessFile): Section {
  const branched = rows.filter(({ nodes, status }) => nodes > 1 || status !== 'optimal');
  const groups = [
    ...groupBy(rows, ({ feeder, inverters, mode }) => `${feeder}, ${mode}, ${inverters}`),
  ];
  return section('tightness', 'Where the relaxation is not tight', machine, [
    paragraph(`At most ${seconds} s a point.`),
    table('Points by feeder, mode and inverters', [
      textColumn('feeder, mode, inverters', groups, ([name]) => name),
      numberColumn('points', groups, ([, own]) => decimal(own.length, 0)),
      numberColumn('optimal', groups, ([, own]) =>
        decimal(own.filter(({ status }) => status === 'optimal').length, 0),
      ),
      numberColumn('most nodes', groups, ([, own]) => decimal(mostNodes(own), 0)),
      numberColumn('largest gap', groups, ([, own]) =>
        small(Math.max(...own.map(({ gap }) => gap ?? 0))),
      ),
    ]),
    foldedTable(`${counted(branched.length, 'point')} that branched or ended otherwise`, [
      textColumn('feeder, mode, inverters', branched, (row) =>
        [row.feeder, row.mode, row.inverters].join(', '),
      ),
      numberColumn('sun', branched, (row) => decimal(row.sun, 0)),
      numberColumn('export $/kWh', branched, (row) => decimal(row.grid_sell, 2)),
      textColumn('status', branched, (row) => row.status),
      numberColumn('cost $/h', branched, (row) => decimal(row.cost, 4)),
      numberColumn('gap', branched, (row) => small(row.gap)),
      numberColumn('nodes', branched, (row) => decimal(row.nodes, 0)),
      numberColumn('s', branched, (row) => decimal(row.seconds, 1)),
    ]),
  ]);
}

interface Searched {
  readonly nodes: number | null;
}

function byNodes(one: Searched, other: Searched): number {
  return (other.nodes ?? 0) - (one.nodes ?? 0);
}

function mostNodes(rows: readonly Searched[]): number {
  return Math.max(...rows.map(({ nodes }) => nodes ?? 0));
}
