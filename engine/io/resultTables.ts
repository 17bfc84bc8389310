/** The tables of a result as they go to disk. Open branches carry nothing and are left out. */
import type { Case } from '../case/case.js';
import { LabelColumn } from '../case/labelColumn.js';
import { figureFills } from '../clearing/prosumerFigures.js';
import type { Outcome } from '../clearing/result.js';
import { branchEnds } from './branchEnds.js';
import { idsOf } from './caseTables.js';
import { proofFiles } from './proofFiles.js';
import { type OutputTable, tableOf } from './table.js';

export function resultFiles(theCase: Case, outcome: Outcome): OutputTable[] {
  return [
    communityFile(theCase, outcome),
    prosumerFile(theCase, outcome),
    busFile(theCase, outcome),
    branchFile(theCase, outcome),
    ...proofFiles(theCase, outcome.proof),
  ];
}

function communityFile(
  { buses, communities }: Case,
  { communities: result }: Outcome,
): OutputTable {
  return tableOf('communities', communities.id.length, {
    community: communities.id,
    bus: idsOf(buses.id, communities.bus),
    price_usd_per_kwh: result.price,
    import_kw: result.importKw,
    reactive_kvar: result.reactiveKvar,
    marginal_price_usd_per_kwh: result.marginalPrice,
    cost_usd_per_h: result.cost,
    kappa: result.kappa,
  });
}

/** What is not kept is worked out row by row as it is written. */
function prosumerFile(theCase: Case, outcome: Outcome): OutputTable {
  const { communities, prosumers } = theCase;
  const fills = figureFills(theCase, outcome);
  return tableOf('prosumers', prosumers.id.length, {
    prosumer: prosumers.id,
    community: LabelColumn.ofGroups(communities.id, communities.prosumerStart),
    output_kw: outcome.prosumers.outputKw,
    purchase_kw: { fill: fills.purchaseKw },
    bid_kw: { fill: fills.bidKw },
    price_usd_per_kwh: { fill: fills.price },
    cost_usd_per_h: { fill: fills.cost },
    payment_usd_per_h: { fill: fills.payment },
  });
}

function busFile({ buses }: Case, { buses: result }: Outcome): OutputTable {
  return tableOf('buses', buses.id.length, {
    bus: buses.id,
    voltage_pu: result.voltagePu,
    marginal_price_usd_per_kwh: result.marginalPrice,
  });
}

function branchFile(theCase: Case, { branches: result }: Outcome): OutputTable {
  const { buses, branches } = theCase;
  const ends = branchEnds(theCase);
  const closed = Int32Array.from(branches.closed.keys()).filter(
    (row) => branches.closed[row] === 1,
  );
  const ofClosed = (column: Float64Array): Float64Array =>
    Float64Array.from(closed, (row) => column[row]);
  return tableOf('branches', closed.length, {
    from: Array.from(closed, (row) => buses.id[ends.sending[row]]),
    to: Array.from(closed, (row) => buses.id[ends.receiving[row]]),
    p_kw: ofClosed(result.pKw),
    q_kvar: ofClosed(result.qKvar),
    current_a: ofClosed(result.currentA),
    losses_kw: ofClosed(result.lossesKw),
    loading: ofClosed(result.loading),
  });
}
