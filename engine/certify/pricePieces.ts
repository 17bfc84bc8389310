/**
 * Output and cost of a community as functions of its price λ: between the prices at which outputs meet
 * bounds they are polynomials of degree 1 and 2, here about a price λ_ref among them (docs/model.md
 * section 2),
 *
 *     P(λ) = P_1 t + P_0,   C(λ) = C_2 t² + C_1 t + C_0,   t = λ − λ_ref
 *
 * On a stretch from (λ_a, p_a) to (λ_b, p_b) a prosumer gives p = p_a + s (λ − λ_a), and what it adds to
 * the cost is ∫ (λ + κ x) dp, or to the potential Σ C_i + ½ κ Σ x_i² just ∫ λ dp. The polynomials are
 * sums of the prosumers' own stretches, compensated (base/compensated.ts), so that what came and went
 * leaves nothing behind. Only prices in a window are looked at: what a prosumer does below it is one
 * number, what it does above none.
 */
import type { Case } from '../case/case.js';
import { PriceOrder } from './priceOrder.js';
import { addTo, COEFFICIENTS, runningSums } from './runningSums.js';
import { type OutputRange, Supply } from './supply.js';

/** The pieces of one community at a time; its arrays grow to the largest community. */
export class PricePieces {
  /** Window of prices, $/kWh. */
  from = 0;
  to = 0;
  /** Piece k holds from price[k − 1] (the first from the window's start) to price[k], the last to its end. */
  count = 0;
  price = new Float64Array(1);
  /** By piece, COEFFICIENTS each. */
  coefficients = new Float64Array(COEFFICIENTS);
  /** Import at the upper end of each piece, kW. */
  netImport = new Float64Array(1);
  /** Import at the start of the window. */
  firstImport = 0;
  demand = 0;
  reference = 0;
  /** False where an output jumps at one price (κ = 0 and c = 0): no polynomial says what happens there. */
  isContinuous = true;

  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  private eventPrice = new Float64Array(0);
  private eventChange = new Float64Array(0);
  private priceOrder = new PriceOrder(0);
  private eventCount = 0;
  private kappa = 0;
  /** Stretches that the window begins inside. */
  private activeAtStart = 0;
  /** At the start of the window: high parts of the sums of the coefficients, then the low parts. */
  private readonly sums = new Float64Array(2 * COEFFICIENTS);

  /** @param kind what the polynomials C are: costs, or the potential */
  constructor(
    private readonly theCase: Case,
    private readonly kind: 'cost' | 'potential',
  ) {
    this.supply = new Supply(theCase);
  }

  /** Finds the pieces of a community in a window of prices; ±Infinity leaves a side open. */
  load(community: number, kappa: number, from: number, to: number): void {
    const { prosumerStart } = this.theCase.communities;
    const { demandKw, deviceStart } = this.theCase.prosumers;
    const first = prosumerStart[community];
    const end = prosumerStart[community + 1];
    const anyDevices = deviceStart.length > 0;
    const devices = anyDevices ? deviceStart[end] - deviceStart[first] : 0;
    this.kappa = kappa;
    this.from = from;
    this.to = to;
    this.reserve(2 * (end - first) + 8 * devices);
    this.eventCount = 0;
    this.activeAtStart = 0;
    this.isContinuous = true;
    this.sums.fill(0);
    this.reference = Number.isFinite(from) ? from : this.firstPrice(first);
    let demand = 0;
    for (let i = first; i < end; i += 1) {
      demand += demandKw[i];
      if (anyDevices && deviceStart[i + 1] > deviceStart[i]) this.addDevices(i);
      else this.addOutput(i);
    }
    this.demand = demand;
    this.sumPieces();
  }

  /** The piece that holds a price, the lower one where two meet. */
  pieceAt(price: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.price[middle] >= price) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The price at which the first prosumer's output begins to rise: a number of the right size. */
  private firstPrice(prosumer: number): number {
    this.supply.load(prosumer);
    const bound = this.supply.bounds()[0] ?? 0;
    return bound - this.kappa * this.theCase.prosumers.demandKw[prosumer];
  }

  /** A prosumer without devices: one stretch between its bounds. */
  private addOutput(prosumer: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = this.theCase.prosumers;
    const demand = demandKw[prosumer];
    const low = pMinKw[prosumer];
    const high = pMaxKw[prosumer];
    const quadratic = costQuadratic[prosumer];
    const linear = costLinear[prosumer];
    this.addLowerBound((0.5 * quadratic * low + linear) * low, low, demand);
    if (high > low) {
      this.addStretch(linear + quadratic * low, low, linear + quadratic * high, high, demand);
    }
  }

  /**
   * A prosumer's devices: a stretch between any two marginal costs at which one meets a bound, and at them.
   */
  private addDevices(prosumer: number): void {
    const demand = this.theCase.prosumers.demandKw[prosumer];
    const { supply, range } = this;
    supply.load(prosumer);
    supply.outputAt(Number.NEGATIVE_INFINITY, range);
    let output = range.low;
    this.addLowerBound(supply.costOf(output), output, demand);
    let previousCost = Number.NEGATIVE_INFINITY;
    for (const marginalCost of supply.bounds()) {
      if (marginalCost === previousCost) continue;
      supply.outputAt(marginalCost, range);
      // Below the first bound nothing moves: a difference there is rounding.
      if (range.low > output && previousCost > Number.NEGATIVE_INFINITY) {
        this.addStretch(previousCost, output, marginalCost, range.low, demand);
      }
      if (range.high > range.low) {
        this.addStretch(marginalCost, range.low, marginalCost, range.high, demand);
      }
      output = range.high;
      previousCost = marginalCost;
    }
  }

  /** What holds before anybody moves. */
  private addLowerBound(cost: number, output: number, demand: number): void {
    const purchase = demand - output;
    const potential = this.kind === 'potential' ? 0.5 * this.kappa * purchase * purchase : 0;
    addTo(this.sums, 1, output);
    addTo(this.sums, 4, cost + potential);
  }

  /** Outputs from p_a to p_b as marginal costs go from μ_a to μ_b; it may be a single marginal cost. */
  private addStretch(
    costFrom: number,
    outputFrom: number,
    costTo: number,
    outputTo: number,
    demand: number,
  ): void {
    const { kappa, reference } = this;
    const from = costFrom + kappa * (outputFrom - demand);
    const to = costTo + kappa * (outputTo - demand);
    const rise = outputTo - outputFrom;
    if (from >= this.to) return;
    if (to <= this.from) {
      // Marginal costs and prices are linear in the output.
      const mean = this.kind === 'cost' ? 0.5 * (costFrom + costTo) : 0.5 * (from + to);
      addTo(this.sums, 1, rise);
      addTo(this.sums, 4, rise * mean);
      return;
    }
    if (!(to > from)) {
      this.isContinuous = false;
      return;
    }
    const rate = rise / (to - from);
    const start = from - reference;
    const end = to - reference;
    const outputConstant = outputFrom - rate * start;
    const strategic = this.kind === 'cost' ? kappa : 0;
    const quadratic = 0.5 * rate * (1 - strategic * rate);
    const linear = rate * (reference + strategic * (demand - outputConstant));
    const constant = -(quadratic * start + linear) * start;
    this.addChange(from, rate, outputConstant - outputFrom, quadratic, linear, constant);
    if (to >= this.to) return;
    const cost = (quadratic * end + linear) * end + constant;
    this.addChange(to, -rate, outputTo - outputConstant, -quadratic, -linear, cost - constant);
  }

  /** A change of the coefficients at a price: an event in the window, or what the window begins with. */
  private addChange(
    price: number,
    outputRate: number,
    output: number,
    quadratic: number,
    linear: number,
    constant: number,
  ): void {
    if (price <= this.from) {
      const { sums } = this;
      this.activeAtStart += 1;
      addTo(sums, 0, outputRate);
      addTo(sums, 1, output);
      addTo(sums, 2, quadratic);
      addTo(sums, 3, linear);
      addTo(sums, 4, constant);
      return;
    }
    const { eventChange } = this;
    const event = this.eventCount;
    const at = COEFFICIENTS * event;
    this.eventPrice[event] = price;
    eventChange[at] = outputRate;
    eventChange[at + 1] = output;
    eventChange[at + 2] = quadratic;
    eventChange[at + 3] = linear;
    eventChange[at + 4] = constant;
    this.eventCount = event + 1;
  }

  private sumPieces(): void {
    const { eventPrice, eventChange, sums, eventCount, coefficients, price, netImport } = this;
    this.priceOrder.sort(eventPrice, eventCount);
    const { order } = this.priceOrder;
    for (let c = 0; c < COEFFICIENTS; c += 1) {
      const [high, low] = [sums[c], sums[COEFFICIENTS + c]];
      runningSums(eventChange, order, eventCount, c, high, low, coefficients);
    }
    let active = this.activeAtStart;
    for (let k = 0; k <= eventCount; k += 1) {
      const at = COEFFICIENTS * k;
      // Where nobody moves, coefficients are exactly those of a constant.
      if (active === 0) coefficients[at] = coefficients[at + 2] = coefficients[at + 3] = 0;
      const largest = this.demand - coefficients[at + 1];
      if (k === 0)
        this.firstImport = importAt(largest, coefficients[at], this.from - this.reference);
      price[k] = k === eventCount ? this.to : eventPrice[order[k]];
      netImport[k] = importAt(largest, coefficients[at], price[k] - this.reference);
      if (k < eventCount) active += eventChange[COEFFICIENTS * order[k]] > 0 ? 1 : -1;
    }
    this.count = eventCount + 1;
  }

  private reserve(events: number): void {
    if (events <= this.eventPrice.length) return;
    const capacity = Math.max(64, 2 * this.eventPrice.length, events);
    this.eventPrice = new Float64Array(capacity);
    this.eventChange = new Float64Array(COEFFICIENTS * capacity);
    this.priceOrder = new PriceOrder(capacity);
    this.price = new Float64Array(capacity + 1);
    this.netImport = new Float64Array(capacity + 1);
    this.coefficients = new Float64Array(COEFFICIENTS * (capacity + 1));
  }
}

/** At an open end of the window nobody moves. */
function importAt(largest: number, rate: number, t: number): number {
  return rate === 0 ? largest : largest - rate * t;
}
