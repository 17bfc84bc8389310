/** The conic solver on random programs of every family, beside Clarabel and HiGHS. */
import { BEYOND_PEERS, type Peer, runTrials } from '../test/conic/differentialTrials.js';
import { FAMILY_NAMES, type FamilyName } from '../test/conic/randomFamilies.js';
import { solveWithClarabel } from './peers/clarabel.js';
import { solveWithHighs } from './peers/highs.js';
import type { SoakFamily, SoakRange } from './soakReport.js';

const CLARABEL: Peer = { name: 'Clarabel', solve: solveWithClarabel };
const HIGHS: Peer = { name: 'HiGHS', solve: solveWithHighs };

export async function soakConic({ first, count }: SoakRange): Promise<SoakFamily[]> {
  return FAMILY_NAMES.map((name) => {
    const tally = runTrials(name, { first, count, peers: peersOf(name) });
    const { statuses, faults } = tally;
    const iterations = (tally.iterations / count).toFixed(1);
    return { name, statuses, figures: { iterations, compared: String(tally.comparisons) }, faults };
  });
}

function peersOf(family: FamilyName): readonly Peer[] {
  if (BEYOND_PEERS.includes(family)) return [];
  return family.endsWith('polyhedral') ? [CLARABEL, HIGHS] : [CLARABEL];
}
