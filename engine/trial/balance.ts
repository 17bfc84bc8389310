/**
 * The energy and the money of one interval of Δ hours, each from two sides. With demands D_i and outputs p_i of
 * all prosumers, fixed loads L_b of buses, losses and the exchange P_0:
 *
 *     energy    P_0 = Σ L_b + losses + Σ (D_i − p_i) + residual                                   (network)
 *               E_end − E_begin = brought − battery + vehicle − storage losses + residual         (storage)
 *     money     Σ λ_m x_i = G(P_0) + surplus + residual,   cost = Σ C_i(p_i) + G(P_0) + residual
 *
 * Payments and the right-hand sides are added up here from bids and outputs; P_0, the surplus and the cost are
 * those of the result. What prosumers put out beside sun and storage is `other`:
 *
 *     Σ (D_i − p_i) = load − solar − other − battery + vehicle.
 */
import type { Case } from '../case/case.js';
import { figureFills } from '../clearing/prosumerFigures.js';
import type { ResultWithOutcome } from '../clearing/result.js';
import type { IntervalAccounts } from './scenario.js';

/** One interval; one row of `balances`. kWh and $; NaN for all of the network and the money without an outcome. */
export interface IntervalBalance {
  readonly interval: number;
  /** What prosumers use and cannot move; what buses use outside of communities. */
  readonly load_kwh: number;
  readonly fixed_load_kwh: number;
  readonly losses_kwh: number;
  /** Negative: export. */
  readonly grid_import_kwh: number;
  readonly solar_kwh: number;
  readonly other_kwh: number;
  /** Out of batteries; negative: into them. */
  readonly battery_kwh: number;
  /** Into vehicles. */
  readonly vehicle_kwh: number;
  /** By how much more is stored at the end of the interval. */
  readonly stored_change_kwh: number;
  readonly storage_losses_kwh: number;
  /** What vehicles brought with them, less what they took away. */
  readonly brought_kwh: number;
  readonly network_residual_kwh: number;
  readonly storage_residual_kwh: number;
  readonly prosumer_cost_usd: number;
  readonly grid_bill_usd: number;
  readonly payments_usd: number;
  readonly operator_surplus_usd: number;
  readonly money_residual_usd: number;
  readonly cost_residual_usd: number;
  /** What storage asks for its energy: part of the prosumers' cost, and no money spent. */
  readonly storage_cost_usd: number;
  /** The same where everybody trades with the grid alone, and all that is stored there in the end. */
  readonly alone_storage_cost_usd: number;
  readonly alone_stored_kwh: number;
}

/**
 * @param result undefined where there was no outcome
 * @param storedBeforeKwh as the interval began
 */
export function balanceOf(
  interval: number,
  hours: number,
  result: ResultWithOutcome | undefined,
  accounts: IntervalAccounts,
  storedBeforeKwh: number,
): IntervalBalance {
  const storedChange = sum(accounts.storedKwh) - storedBeforeKwh;
  const battery = hours * accounts.batteryKw;
  const vehicle = hours * accounts.vehicleKw;
  const { storageLossesKwh, broughtKwh } = accounts;
  return {
    interval,
    ...(result === undefined ? NOTHING : networkBalance(result, accounts, hours)),
    battery_kwh: battery,
    vehicle_kwh: vehicle,
    stored_change_kwh: storedChange,
    storage_losses_kwh: storageLossesKwh,
    brought_kwh: broughtKwh,
    storage_residual_kwh: storedChange - (broughtKwh - battery + vehicle - storageLossesKwh),
    ...(result === undefined ? NO_MONEY : moneyBalance(result, hours)),
    storage_cost_usd: hours * accounts.storageCostUsdPerH,
    alone_storage_cost_usd: hours * accounts.aloneStorageCostUsdPerH,
    alone_stored_kwh: accounts.aloneStoredKwh,
  };
}

function networkBalance(result: ResultWithOutcome, accounts: IntervalAccounts, hours: number) {
  const { case: theCase, outcome, lossesKw } = result;
  const { loadKw, solarKw, batteryKw, vehicleKw } = accounts;
  const { demandKw } = theCase.prosumers;
  const { outputKw } = outcome.prosumers;
  let purchase = 0;
  for (let i = 0; i < outputKw.length; i += 1) purchase += demandKw[i] - outputKw[i];
  const fixedLoad = sum(theCase.buses.loadKw);
  const { gridImportKw } = outcome;
  return {
    load_kwh: hours * loadKw,
    fixed_load_kwh: hours * fixedLoad,
    losses_kwh: hours * lossesKw,
    grid_import_kwh: hours * gridImportKw,
    solar_kwh: hours * solarKw,
    other_kwh: hours * (loadKw - solarKw - batteryKw + vehicleKw - purchase),
    network_residual_kwh: hours * (gridImportKw - fixedLoad - lossesKw - purchase),
  };
}

function moneyBalance(
  { case: theCase, outcome, cost, operatorSurplus }: ResultWithOutcome,
  hours: number,
) {
  const prosumerCost = sumOfFigure(theCase, outcome, 'cost');
  const payments = sumOfFigure(theCase, outcome, 'payment');
  const { gridBuy, gridSell } = theCase.settings;
  const { gridImportKw } = outcome;
  const bill = (gridImportKw > 0 ? gridBuy : gridSell) * gridImportKw;
  return {
    prosumer_cost_usd: hours * prosumerCost,
    grid_bill_usd: hours * bill,
    payments_usd: hours * payments,
    operator_surplus_usd: hours * operatorSurplus,
    money_residual_usd: hours * (payments - bill - operatorSurplus),
    cost_residual_usd: hours * (cost - prosumerCost - bill),
  };
}

const NOTHING = {
  load_kwh: Number.NaN,
  fixed_load_kwh: Number.NaN,
  losses_kwh: Number.NaN,
  grid_import_kwh: Number.NaN,
  solar_kwh: Number.NaN,
  other_kwh: Number.NaN,
  network_residual_kwh: Number.NaN,
};

const NO_MONEY = {
  prosumer_cost_usd: Number.NaN,
  grid_bill_usd: Number.NaN,
  payments_usd: Number.NaN,
  operator_surplus_usd: Number.NaN,
  money_residual_usd: Number.NaN,
  cost_residual_usd: Number.NaN,
};

function sumOfFigure(
  theCase: Case,
  outcome: ResultWithOutcome['outcome'],
  figure: 'cost' | 'payment',
): number {
  const count = outcome.prosumers.outputKw.length;
  const values = new Float64Array(count);
  figureFills(theCase, outcome)[figure](0, count, values);
  return sum(values);
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < values.length; k += 1) total += values[k];
  return total;
}
