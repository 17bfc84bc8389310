/** The tables of a result as they go to disk. Open branches carry nothing and are left out. */
import type { Case } from '../case/case.js';
import type { Outcome } from '../clearing/result.js';
import { branchEnds } from './branchEnds.js';
import { idsOf } from './caseTables.js';
import { proofFiles } from './proofFiles.js';
import { type Table, tableOf } from './table.js';

export function resultFiles(theCase: Case, outcome: Outcome): Table[] {
  return [
    communityFile(theCase, outcome),
    prosumerFile(theCase, outcome),
    busFile(theCase, outcome),
    branchFile(theCase, outcome),
    ...proofFiles(theCase, outcome.proof),
  ];
}

function communityFile({ buses, communities }: Case, { communities: result }: Outcome): Table {
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

function prosumerFile({ communities, prosumers }: Case, { prosumers: result }: Outcome): Table {
  return tableOf('prosumers', prosumers.id.length, {
    prosumer: prosumers.id,
    community: idsOf(communities.id, prosumers.community),
    output_kw: result.outputKw,
    purchase_kw: result.purchaseKw,
    bid_kw: result.bidKw,
    price_usd_per_kwh: result.price,
    cost_usd_per_h: result.cost,
    payment_usd_per_h: result.payment,
  });
}

function busFile({ buses }: Case, { buses: result }: Outcome): Table {
  return tableOf('buses', buses.id.length, {
    bus: buses.id,
    voltage_pu: result.voltagePu,
    marginal_price_usd_per_kwh: result.marginalPrice,
  });
}

function branchFile(theCase: Case, { branches: result }: Outcome): Table {
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
