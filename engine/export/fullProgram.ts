/**
 * The convex programs of `dlmp` and `social` with every prosumer as a variable (docs/model.md sections 1, 2
 * and 4), from the case alone: no response function stands in it but for the imports at price caps,
 *
 *     x_<i> + Σ p = D_i,   X_m = Σ x_i,   cost Σ (½ c p² + b p) + ½ κ_m Σ x_i²
 *
 * with p_<i> the output of a prosumer, or p_<i>_<k> that of its device k. Powers are in pu, money in $/h.
 */
import type { MarketState } from '../clearing/marketState.js';
import { nameOf } from './names.js';
import { FREE, type ModelBuilder, type Term, term } from './programModel.js';

/** @returns the variable X_m of each community */
export function addProsumers(builder: ModelBuilder, state: MarketState): readonly number[] {
  const { theCase, priceMin, priceMax, importMin, importMax, network } = state;
  const { id, prosumerStart } = theCase.communities;
  return id.map((community, m) => {
    // Φ_m falls as the price rises: a cap on one side is a bound on the other.
    const lower = priceMax[m] === Number.POSITIVE_INFINITY ? FREE[0] : importMin[m];
    const upper = priceMin[m] === Number.NEGATIVE_INFINITY ? FREE[1] : importMax[m];
    const netImport = builder.variable(
      nameOf('X', community),
      lower / network.baseKva,
      upper / network.baseKva,
    );
    const purchases = [term(netImport, -1)];
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      purchases.push(term(addProsumer(builder, state, m, i)));
    }
    builder.equality(nameOf('import', community), 0, purchases);
    return netImport;
  });
}

/** @returns the variable x_i */
function addProsumer(
  builder: ModelBuilder,
  { theCase, network, responses }: MarketState,
  community: number,
  prosumer: number,
): number {
  const { baseKva } = network;
  const { id, demandKw, deviceStart } = theCase.prosumers;
  const name = id.get(prosumer);
  const quadratic = responses.kappa[community] * baseKva * baseKva;
  const purchase = builder.variable(nameOf('x', name), ...FREE, { quadratic });
  const balance: Term[] = [term(purchase)];
  const first = deviceStart[prosumer];
  const end = deviceStart[prosumer + 1];
  if (first === end) {
    balance.push(addOutput(builder, nameOf('p', name), theCase.prosumers, prosumer, baseKva));
  }
  for (let device = first; device < end; device += 1) {
    const output = nameOf('p', name, theCase.devices.id.get(device));
    balance.push(addOutput(builder, output, theCase.devices, device, baseKva));
  }
  builder.equality(nameOf('balance', name), demandKw[prosumer] / baseKva, balance);
  return purchase;
}

/** The flexible output in one row of a table of prosumers or devices. */
interface OutputTable {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

function addOutput(
  builder: ModelBuilder,
  name: string,
  { pMinKw, pMaxKw, costQuadratic, costLinear }: OutputTable,
  row: number,
  baseKva: number,
): Term {
  const output = builder.variable(name, pMinKw[row] / baseKva, pMaxKw[row] / baseKva, {
    linear: costLinear[row] * baseKva,
    quadratic: costQuadratic[row] * baseKva * baseKva,
  });
  return term(output);
}
