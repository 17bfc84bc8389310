/**
 * The bound of a leaf row by row: every equation and limit of the relaxed clearing as a row of
 * coefficients of its variables, times its multiplier, summed, and the sum minimised variable by
 * variable. Slow, and nothing is collected by hand. For feeders without links and leaves without parts.
 */
import type { Case } from '../../engine/case/case.js';
import { traceTree } from '../../engine/case/topology.js';
import type { Ranges } from '../../engine/certify/ranges.js';
import type { ProofLeaf } from '../../engine/clearing/result.js';

/** Coefficients by variable: `P`, `Q`, `l` (squared current) or `v` (squared voltage), a blank and a bus. */
type Row = Map<string, number>;

interface Branch {
  readonly bus: number;
  readonly sender: number;
  readonly r: number;
  readonly x: number;
  readonly squaredRatio: number;
}

/** What is needed beside the leaf: ranges for which cuts are written, and those over which is minimised. */
export interface RowRanges {
  readonly written: Ranges;
  readonly narrow: Ranges;
}

/** @param voltagePu voltages that choose σ */
export function rowwiseBound(
  theCase: Case,
  leaf: ProofLeaf,
  ranges: RowRanges,
  voltagePu: Float64Array,
): number {
  return new LagrangianSum(theCase, leaf, ranges).least(voltagePu);
}

class LagrangianSum {
  private readonly row: Row = new Map();
  private constant = 0;
  private readonly branches: readonly Branch[];

  constructor(
    private readonly theCase: Case,
    private readonly leaf: ProofLeaf,
    private readonly ranges: RowRanges,
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

  /**
   * What the branch takes from the balance of its sender and gives to that of its bus, and the voltage
   * drop.
   */
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
      for (let i = communities.prosumerStart[m]; i < communities.prosumerStart[m + 1]; i += 1) {
        this.constant += price * prosumers.demandKvar[i];
      }
    });
  }

  private addFlowRows({ bus, r, x }: Branch, k: number): void {
    const { flows } = this.leaf;
    const { active: p, reactive: q, current, voltage } = this.ranges.written;
    const [a, b] = [p.low[bus], p.high[bus]];
    const [c, d] = [q.low[bus], q.high[bus]];
    const active = { [`P ${bus}`]: 1, [`l ${bus}`]: -r };
    const reactive = { [`Q ${bus}`]: 1, [`l ${bus}`]: -x };
    const negative = (row: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, -value]));
    this.add(this.base * flows.minKwPrice[k], negative(active), a);
    this.add(this.base * flows.maxKwPrice[k], active, -b);
    this.add(this.base * flows.minKvarPrice[k], negative(reactive), c);
    this.add(this.base * flows.maxKvarPrice[k], reactive, -d);
    for (const [price, v, l] of [
      [flows.lowVoltageCutPrice[k], voltage.low[bus], current.low[bus]],
      [flows.highVoltageCutPrice[k], voltage.high[bus], current.high[bus]],
    ] as const) {
      this.add(price, { [`l ${bus}`]: v, [`v ${bus}`]: l }, -l * v);
      this.add(-price * (a + b), active);
      this.add(-price * (c + d), reactive);
      this.constant += price * (a * b + c * d);
    }
  }

  /** All but the terms of the communities and of the grid. */
  least(voltagePu: Float64Array): number {
    let least = this.constant;
    const { current: currents, voltage: voltages } = this.ranges.narrow;
    for (const { bus, sender, squaredRatio } of this.branches) {
      const current = this.row.get(`l ${bus}`) ?? 0;
      const norm = Math.hypot(this.row.get(`P ${bus}`) ?? 0, this.row.get(`Q ${bus}`) ?? 0);
      const w = squaredRatio * voltagePu[sender] ** 2;
      const steepnessFor = (l: number): number => (norm / 2) * Math.sqrt(w / Math.max(l, 1e-100));
      const steepest = steepnessFor(currents.low[bus]);
      const steepness = Math.max(steepnessFor(currents.high[bus]), Math.min(current, steepest));
      const excess = current - steepness;
      least += excess * (excess < 0 ? currents.high[bus] : currents.low[bus]);
      this.add(-(norm ** 2) / (4 * steepness), { [`v ${sender}`]: squaredRatio });
    }
    for (const [variable, coefficient] of this.row) {
      if (!variable.startsWith('v ')) continue;
      const bus = Number(variable.slice(2));
      const { low, high } = voltages;
      least += Math.min(coefficient * low[bus], coefficient * high[bus]);
    }
    return least;
  }
}

function branchesOf({ settings, buses, branches }: Case): Branch[] {
  const ohm = (settings.baseKv ** 2 * 1000) / settings.baseKva;
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new Error('a case is a tree');
  return [...trace.order.subarray(1)].map((bus) => {
    const row = trace.parentBranch[bus];
    return {
      bus,
      sender: trace.parentBus[bus],
      r: branches.rOhm[row] / ohm,
      x: branches.xOhm[row] / ohm,
      squaredRatio: branches.ratio[row] ** 2,
    };
  });
}
