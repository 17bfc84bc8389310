/**
 * The network of docs/model.md section 3 in the words of a program model: for the branch e from junction i to
 * junction j, with t = `senderFactor`, everything in per unit of `base_kva`,
 *
 *     active_<j>     r ℓ + Σ P_k + Σ X_m − P = −load           (3.1)
 *     reactive_<j>   x ℓ + Σ Q_k + Σ q_m − b v_j − Q = −load   (3.2)
 *     voltage_<i>_<j>   v_j − t v_i + 2 (r P + x Q) − |z|² ℓ = 0   (3.3)
 *     current_<i>_<j>   ℓ · t v_i ≥ P² + Q²                        (3.4)
 *
 * the limits (3.5) as bounds, and G(P_0) of (3.6) as the cost of what is bought and what is sold. A junction
 * is called by the bus that its branch arrives at, or the root; buses joined to it are named in a note.
 */
import type { Case } from '../case/case.js';
import type { MarketState } from '../clearing/marketState.js';
import type { RadialNetwork } from '../network/radial.js';
import { nameOf } from './names.js';
import { FREE, type ModelBuilder, type Term, term } from './programModel.js';

/** Sums that the balance of each junction is made of. */
interface Balances {
  readonly active: Term[][];
  readonly reactive: Term[][];
}

/**
 * @param imports the variable X_m of each community, pu
 * @returns G(P_0) as a sum of terms, $/h
 */
export function addNetwork(
  builder: ModelBuilder,
  state: MarketState,
  imports: readonly number[],
): readonly Term[] {
  const { network, theCase } = state;
  const junctionName = namesOfJunctions(theCase, network);
  const balances: Balances = {
    active: junctionName.map(() => []),
    reactive: junctionName.map(() => []),
  };
  const voltage = addVoltages(builder, network, junctionName);
  for (let e = 0; e < network.parent.length; e += 1) {
    addBranch(builder, network, e, junctionName, voltage, balances);
  }
  imports.forEach((variable, m) => {
    balances.active[state.junction[m]].push(term(variable));
  });
  addFreeReactive(builder, state, balances);
  const payment = addGrid(builder, theCase, balances);
  addBalances(builder, state, junctionName, balances);
  noteJoinedBuses(builder, theCase, network, junctionName);
  return payment;
}

/** The root's bus, and the bus that each branch arrives at. */
function namesOfJunctions({ buses, branches, settings }: Case, network: RadialNetwork): string[] {
  const names = [buses.id[settings.rootBus]];
  for (let e = 0; e < network.parent.length; e += 1) {
    const row = network.branchRow[e];
    const arrivesAtTo = network.busJunction[branches.to[row]] === e + 1;
    names.push(buses.id[arrivesAtTo ? branches.to[row] : branches.from[row]]);
  }
  return names;
}

/** Squared voltages v_j; that of the root is given, and buses joined to it may set it limits. */
function addVoltages(
  builder: ModelBuilder,
  { junctionCount, rootVoltage, vMin, vMax, vMinBus }: RadialNetwork,
  junctionName: readonly string[],
): number[] {
  const voltage: number[] = [];
  for (let j = 0; j < junctionCount; j += 1) {
    const [lower, upper] = j === 0 ? [rootVoltage, rootVoltage] : [vMin[j], vMax[j]];
    voltage.push(builder.variable(nameOf('v', junctionName[j]), lower, upper));
  }
  if (vMinBus[0] >= 0) {
    builder.row(nameOf('limit', junctionName[0]), vMin[0], vMax[0], [term(voltage[0])]);
  }
  return voltage;
}

function addBranch(
  builder: ModelBuilder,
  network: RadialNetwork,
  branch: number,
  junctionName: readonly string[],
  voltage: readonly number[],
  { active, reactive }: Balances,
): void {
  const sender = network.parent[branch];
  const junction = branch + 1;
  const ends = [junctionName[sender], junctionName[junction]];
  const r = network.r[branch];
  const x = network.x[branch];
  const flowP = builder.variable(nameOf('P', ...ends), ...FREE);
  const flowQ = builder.variable(nameOf('Q', ...ends), ...FREE);
  const current = builder.variable(nameOf('l', ...ends), 0, network.currentLimit[branch]);
  const received = term(voltage[junction]);
  const sent = term(voltage[sender], network.senderFactor[branch]);
  active[sender].push(term(flowP));
  active[junction].push(term(flowP, -1), term(current, r));
  reactive[sender].push(term(flowQ));
  reactive[junction].push(
    term(flowQ, -1),
    term(current, x),
    term(received.variable, -network.shunt[junction]),
  );
  builder.equality(nameOf('voltage', ...ends), 0, [
    received,
    term(sent.variable, -sent.coefficient),
    term(flowP, 2 * r),
    term(flowQ, 2 * x),
    term(current, -(r * r + x * x)),
  ]);
  builder.cone(nameOf('current', ...ends), term(current), sent, [term(flowP), term(flowQ)]);
}

/** q_m, where there is a range. Reactive power at the root concerns no branch. */
function addFreeReactive(
  builder: ModelBuilder,
  { theCase, network, junction }: MarketState,
  { reactive }: Balances,
): void {
  const { id, qMinKvar, qMaxKvar } = theCase.communities;
  id.forEach((community, m) => {
    if (junction[m] === 0 || (qMinKvar[m] === 0 && qMaxKvar[m] === 0)) return;
    const lower = qMinKvar[m] / network.baseKva;
    const upper = qMaxKvar[m] / network.baseKva;
    reactive[junction[m]].push(term(builder.variable(nameOf('q', community), lower, upper)));
  });
}

/** P_0 as what is bought less what is sold; with one price for both it is a single variable of any sign. */
function addGrid(builder: ModelBuilder, { settings }: Case, { active }: Balances): readonly Term[] {
  const { gridBuy, gridSell, gridLimitKw, baseKva } = settings;
  const limit = gridLimitKw / baseKva;
  const onePrice = gridBuy === gridSell;
  const buy = gridBuy * baseKva;
  const bought = builder.variable('grid_import', onePrice ? -limit : 0, limit, { linear: buy });
  active[0].push(term(bought, -1));
  if (onePrice) return [term(bought, buy)];
  const sell = gridSell * baseKva;
  const sold = builder.variable('grid_export', 0, limit, { linear: -sell });
  active[0].push(term(sold));
  return [term(bought, buy), term(sold, -sell)];
}

function addBalances(
  builder: ModelBuilder,
  { network, junction, reactiveDemand }: MarketState,
  junctionName: readonly string[],
  { active, reactive }: Balances,
): void {
  const demand = Float64Array.from(network.loadQ);
  junction.forEach((j, m) => {
    demand[j] += reactiveDemand[m] / network.baseKva;
  });
  junctionName.forEach((name, j) => {
    builder.equality(nameOf('active', name), -network.loadP[j], active[j]);
    if (j > 0) builder.equality(nameOf('reactive', name), -demand[j], reactive[j]);
  });
}

function noteJoinedBuses(
  builder: ModelBuilder,
  { buses }: Case,
  { busJunction, busFactor }: RadialNetwork,
  junctionName: readonly string[],
): void {
  buses.id.forEach((bus, row) => {
    const junction = junctionName[busJunction[row]];
    if (bus === junction) return;
    const factor = busFactor[row] === 1 ? '' : `${busFactor[row]} `;
    builder.note(`bus ${nameOf('v', bus)} = ${factor}${nameOf('v', junction)}`);
  });
}
