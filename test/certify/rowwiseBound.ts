/**
 * The bound of a leaf row by row: every equation and limit of the relaxed clearing as a row of coefficients of its
 * variables, times its multiplier, summed, and the sum minimised variable by variable. Slow, and nothing is
 * collected by hand. For feeders without links and leaves without parts.
 */
import type { Case } from '../../engine/case/case.js';
import { traceTree } from '../../engine/case/topology.js';
import type { ProofLeaf } from '../../engine/clearing/result.js';
import { importAtPrice, kappaOf } from '../fixtures/directMarket.js';

/** Coefficients by variable: `P`, `Q`, `l` (squared current) or `v` (squared voltage), a blank and a bus. */
type Row = Map<string, number>;

interface Branch {
  readonly bus: number;
  readonly sender: number;
  readonly r: number;
  readonly x: number;
  readonly squaredRatio: number;
  /** Limit of the squared current that holds anyway. */
  readonly limit: number;
  /** Least that arrives, and the most either way. */
  readonly leastActive: number;
  readonly leastReactive: number;
  readonly most: number;
}

/** @param voltagePu voltages that choose σ */
export function rowwiseBound(theCase: Case, leaf: ProofLeaf, voltagePu: Float64Array): number {
  const sum = new LagrangianSum(theCase, leaf);
  return sum.least(voltagePu);
}

class LagrangianSum {
  private readonly row: Row = new Map();
  private constant = 0;
  private readonly branches: readonly Branch[];

  constructor(
    private readonly theCase: Case,
    private readonly leaf: ProofLeaf,
  ) {
    this.branches = branchesOf(theCase);
    for (const branch of this.branches) this.addEquations(branch);
    this.addLoads();
    leaf.flows.bus.forEach((bus, k) => {
      const branch = this.branches.find((candidate) => candidate.bus === bus);
      if (branch !== undefined) this.addFlowRows(branch, k);
    });
  }

  private get base(): number {
    return this.theCase.settings.baseKva;
  }

  /** Without a limit of the exchange only prices within the tariff say anything. */
  private rootPrice(): number {
    const { rootBus, gridBuy, gridSell, gridLimitKw } = this.theCase.settings;
    const price = this.leaf.activePrice[rootBus];
    return Number.isFinite(gridLimitKw) ? price : Math.min(Math.max(price, gridSell), gridBuy);
  }

  /** multiplier · (Σ coefficient · variable + constant) */
  private add(
    multiplier: number,
    coefficients: Readonly<Record<string, number>>,
    constant = 0,
  ): void {
    for (const [variable, coefficient] of Object.entries(coefficients)) {
      this.row.set(variable, (this.row.get(variable) ?? 0) + multiplier * coefficient);
    }
    this.constant += multiplier * constant;
  }

  /** What the branch takes from the balance of its sender and gives to that of its bus, and the voltage drop. */
  private addEquations({ bus, sender, r, x, squaredRatio }: Branch): void {
    const { rootBus } = this.theCase.settings;
    const { activePrice, reactivePrice, voltagePrice } = this.leaf;
    this.add(this.base * (sender === rootBus ? this.rootPrice() : activePrice[sender]), {
      [`P ${bus}`]: 1,
    });
    this.add(-this.base * activePrice[bus], { [`P ${bus}`]: 1, [`l ${bus}`]: -r });
    if (sender !== rootBus) this.add(this.base * reactivePrice[sender], { [`Q ${bus}`]: 1 });
    this.add(-this.base * reactivePrice[bus], { [`Q ${bus}`]: 1, [`l ${bus}`]: -x });
    this.add(voltagePrice[bus], {
      [`v ${bus}`]: 1,
      [`v ${sender}`]: -squaredRatio,
      [`P ${bus}`]: 2 * r,
      [`Q ${bus}`]: 2 * x,
      [`l ${bus}`]: -(r * r + x * x),
    });
  }

  private addLoads(): void {
    const { buses, communities, prosumers, settings } = this.theCase;
    buses.id.forEach((_, bus) => {
      const active = bus === settings.rootBus ? this.rootPrice() : this.leaf.activePrice[bus];
      this.constant += active * buses.loadKw[bus];
      if (bus === settings.rootBus) return;
      const price = this.leaf.reactivePrice[bus];
      this.constant += price * buses.loadKvar[bus];
      this.add(-price, { [`v ${bus}`]: buses.shuntKvar[bus] });
    });
    communities.bus.forEach((bus, m) => {
      const price = bus === settings.rootBus ? 0 : this.leaf.reactivePrice[bus];
      this.constant += Math.min(price * communities.qMinKvar[m], price * communities.qMaxKvar[m]);
      prosumers.community.forEach((community, i) => {
        if (community === m) this.constant += price * prosumers.demandKvar[i];
      });
    });
  }

  private addFlowRows(
    { bus, r, x, limit, leastActive, leastReactive, most }: Branch,
    k: number,
  ): void {
    const { flows } = this.leaf;
    const { vMinPu, vMaxPu } = this.theCase.buses;
    const side = (given: number, natural: number): number =>
      Number.isFinite(given) ? given / this.base : natural;
    const a = side(flows.minKw[k], Math.max(leastActive, -most));
    const b = side(flows.maxKw[k], most);
    const c = side(flows.minKvar[k], Math.max(leastReactive, -most));
    const d = side(flows.maxKvar[k], most);
    const active = { [`P ${bus}`]: 1, [`l ${bus}`]: -r };
    const reactive = { [`Q ${bus}`]: 1, [`l ${bus}`]: -x };
    const negative = (row: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, -value]));
    this.add(this.base * flows.minKwPrice[k], negative(active), a);
    this.add(this.base * flows.maxKwPrice[k], active, -b);
    this.add(this.base * flows.minKvarPrice[k], negative(reactive), c);
    this.add(this.base * flows.maxKvarPrice[k], reactive, -d);
    const low = vMinPu[bus] ** 2;
    const high = vMaxPu[bus] ** 2;
    const square = (from: number, to: number): number =>
      from < 0 && to > 0 ? 0 : Math.min(from ** 2, to ** 2);
    const greatest = Math.max(a ** 2, b ** 2) + Math.max(c ** 2, d ** 2);
    const mostCurrent = Math.min(limit, greatest / low);
    const leastCurrent = (square(a, b) + square(c, d)) / high;
    for (const [price, voltage, current] of [
      [flows.lowVoltageCutPrice[k], low, leastCurrent],
      [flows.highVoltageCutPrice[k], high, mostCurrent],
    ] as const) {
      this.add(price, { [`l ${bus}`]: voltage, [`v ${bus}`]: current }, -current * voltage);
      this.add(-price * (a + b), active, 0);
      this.add(-price * (c + d), reactive, 0);
      this.constant += price * (a * b + c * d);
    }
    this.currentLimits.set(bus, mostCurrent);
  }

  /** Where limits of flows say more than the branch's own. */
  private readonly currentLimits = new Map<number, number>();

  /** All but the terms of the communities and of the grid. */
  least(voltagePu: Float64Array): number {
    let least = this.constant;
    for (const { bus, sender, squaredRatio, limit: own } of this.branches) {
      const limit = this.currentLimits.get(bus) ?? own;
      const current = this.row.get(`l ${bus}`) ?? 0;
      const norm = Math.hypot(this.row.get(`P ${bus}`) ?? 0, this.row.get(`Q ${bus}`) ?? 0);
      const w = squaredRatio * voltagePu[sender] ** 2;
      const steepness = Math.max(current, (norm / 2) * Math.sqrt(w / limit));
      least -= (steepness - current) * limit;
      this.add(-(norm ** 2) / (4 * steepness), { [`v ${sender}`]: squaredRatio });
    }
    const { vMinPu, vMaxPu } = this.theCase.buses;
    const { rootBus, rootVoltagePu } = this.theCase.settings;
    for (const [variable, coefficient] of this.row) {
      if (!variable.startsWith('v ')) continue;
      const bus = Number(variable.slice(2));
      const [low, high] =
        bus === rootBus ? [rootVoltagePu, rootVoltagePu] : [vMinPu[bus], vMaxPu[bus]];
      least += Math.min(coefficient * low ** 2, coefficient * high ** 2);
    }
    return least;
  }
}

function branchesOf(theCase: Case): Branch[] {
  const { settings, buses, branches, communities, prosumers } = theCase;
  const base = settings.baseKva;
  const ohm = (settings.baseKv ** 2 * 1000) / base;
  const ampere = base / (Math.sqrt(3) * settings.baseKv);
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new Error('a case is a tree');
  const active = buses.loadKw.map((load) => load / base);
  const reactive = buses.loadKvar.map((load, bus) => {
    const shunt = buses.shuntKvar[bus];
    return (load - shunt * (shunt > 0 ? buses.vMaxPu[bus] : buses.vMinPu[bus]) ** 2) / base;
  });
  communities.bus.forEach((bus, m) => {
    const highest = Math.min(communities.priceMax[m], 1e3);
    active[bus] += importAtPrice(theCase, m, kappaOf(theCase, m, 'welfare'), highest) / base;
    reactive[bus] += communities.qMinKvar[m] / base;
    prosumers.community.forEach((community, i) => {
      if (community === m) reactive[bus] += prosumers.demandKvar[i] / base;
    });
  });
  const found: Branch[] = [];
  for (const bus of trace.order.slice(1).reverse()) {
    const sender = trace.parentBus[bus];
    const row = trace.parentBranch[bus];
    active[sender] += active[bus];
    reactive[sender] += reactive[bus];
    const r = branches.rOhm[row] / ohm;
    const x = branches.xOhm[row] / ohm;
    const squaredRatio = branches.ratio[row] ** 2;
    const highest = sender === settings.rootBus ? settings.rootVoltagePu : buses.vMaxPu[sender];
    const room =
      squaredRatio * highest ** 2 -
      buses.vMinPu[bus] ** 2 -
      2 * (r * active[bus] + x * reactive[bus]);
    const implied = Math.max(room, 0) / (r * r + x * x);
    const limit = Math.min(implied, (branches.iMaxA[row] / ampere) ** 2);
    const most = Math.sqrt(limit) * buses.vMaxPu[bus];
    const least = { leastActive: active[bus], leastReactive: reactive[bus] };
    found.push({ bus, sender, r, x, squaredRatio, limit, ...least, most });
  }
  return found;
}
