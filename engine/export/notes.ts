/** What the head of an exported file says, in plain ASCII: which program it is, its units and its names. */
import type { CaseSettings } from '../case/case.js';
import type { Mode } from '../clearing/result.js';

export const PROGRAMS = ['explicit', 'reduced', 'full'] as const;
export type ProgramKind = (typeof PROGRAMS)[number];

/** Which program of a case. */
export interface ChosenProgram {
  readonly program: ProgramKind;
  readonly mode: Mode;
  /** Whether it keeps sum lambda_m X_m >= G(P_0). */
  readonly keepsRevenue: boolean;
}

const NETWORK_NAMES = [
  'P_ Q_ l_<from>_<to> active and reactive flow at the sending end, squared current; v_<bus> squared voltage',
  'X_<community> net import; q_<community> its free reactive consumption; grid_import - grid_export = P_0',
];

const PROGRAM_NAMES: Readonly<Record<ProgramKind, readonly string[]>> = {
  explicit: [
    'z_<community>_<k> 1 on the segment that holds the import x_<community>_<k>, else 0',
    't_<community>_<k> >= half its curvature x^2 / z, $/h; cost_<community> what the prosumers spend, $/h',
  ],
  reduced: ['x_<community>_<k> the part of the import on arc k of the convex envelope of its cost'],
  full: ['p_<prosumer> or p_<prosumer>_<device> output; x_<prosumer> what the prosumer buys'],
};

export function programNotes(
  settings: CaseSettings,
  { program, mode, keepsRevenue }: ChosenProgram,
): string[] {
  const revenue = keepsRevenue
    ? ['row revenue: r_<community>, what each pays, together cover the bill of the grid, $/h']
    : [];
  const subsidised = mode === 'welfare' && !keepsRevenue ? ', subsidised' : '';
  return [
    `wattshare export: ${program} program of ${mode}${subsidised}`,
    `minimise ${objectiveOf(program, mode)}, $/h`,
    `powers in pu of ${settings.baseKva} kVA, voltages in pu of ${settings.baseKv} kV`,
    ...NETWORK_NAMES,
    ...PROGRAM_NAMES[program],
    ...revenue,
    'in ids, signs other than letters, digits, . and - are written as %XX',
  ];
}

function objectiveOf(program: ProgramKind, mode: Mode): string {
  if (mode === 'social') return 'the cost of the prosumers and of the grid';
  if (mode === 'dlmp') return 'the potential sum C_i + kappa/2 sum x_i^2 and the cost of the grid';
  return program === 'reduced'
    ? 'the convex envelopes of what the prosumers spend, and the cost of the grid'
    : 'what the prosumers spend at equilibrium, and the cost of the grid';
}
