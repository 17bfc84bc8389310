/**
 * Output and cost of a community as functions of its price λ: between the prices at which outputs meet bounds they
 * are polynomials of degree 1 and 2, here about a price λ_ref in their midst (docs/model.md section 2),
 *
 *     P(λ) = P_1 t + P_0,   C(λ) = C_2 t² + C_1 t + C_0,   t = λ − λ_ref
 *
 * On a stretch from (λ_a, p_a) to (λ_b, p_b) a prosumer gives p = p_a + s (λ − λ_a), and what it adds to the cost
 * is ∫ (λ + κ x) dp, or to the potential Σ C_i + ½ κ Σ x_i² just ∫ λ dp. The polynomials are sums of the
 * prosumers' own stretches, compensated (base/compensated.ts), so that what came and went leaves nothing behind.
 */
import type { Case } from '../case/case.js';
import { PriceOrder } from './priceOrder.js';
import { type OutputRange, Supply } from './supply.js';

/** P_1, P_0, C_2, C_1, C_0, in this order wherever coefficients lie side by side. */
export const COEFFICIENTS = 5;

/** The pieces of one community at a time; its arrays grow to the largest community. */
export class PricePieces {
  /** Piece k holds from price[k − 1] to price[k]; the first from −∞, the last to ∞. */
  count = 0;
  price = new Float64Array(1);
  /** By piece, COEFFICIENTS each. */
  coefficients = new Float64Array(COEFFICIENTS);
  /** Import at the upper end of each piece, kW. */
  netImport = new Float64Array(1);
  demand = 0;
  reference = 0;
  /** Least and greatest purchase of those who can move, kW; 0 without any. */
  leastPurchase = 0;
  greatestPurchase = 0;
  /** False where an output jumps at one price (κ = 0 and c = 0): no polynomial says what happens there. */
  isContinuous = true;

  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  private readonly before: OutputRange = { low: 0, high: 0 };
  private eventPrice = new Float64Array(0);
  private eventChange = new Float64Array(0);
  private priceOrder = new PriceOrder(0);
  private eventCount = 0;
  private kappa = 0;
  /** High parts of the running sums of the coefficients, then the low parts. */
  private readonly sums = new Float64Array(2 * COEFFICIENTS);

  /** @param kind what the polynomials C are: costs, or the potential */
  constructor(
    private readonly theCase: Case,
    private readonly kind: 'cost' | 'potential',
  ) {
    this.supply = new Supply(theCase);
  }

  load(community: number, kappa: number): void {
    const { prosumerStart } = this.theCase.communities;
    const { demandKw, deviceStart, pMinKw, pMaxKw } = this.theCase.prosumers;
    const first = prosumerStart[community];
    const end = prosumerStart[community + 1];
    this.kappa = kappa;
    this.reserve(2 * (end - first) + 8 * (deviceStart[end] - deviceStart[first]));
    this.eventCount = 0;
    this.isContinuous = true;
    this.sums.fill(0);
    this.reference = this.referencePrice(first);
    this.leastPurchase = Number.POSITIVE_INFINITY;
    this.greatestPurchase = Number.NEGATIVE_INFINITY;
    let demand = 0;
    for (let i = first; i < end; i += 1) {
      demand += demandKw[i];
      if (deviceStart[i + 1] > deviceStart[i]) this.addDevices(i);
      else this.addOutput(i);
      if (!(pMaxKw[i] > pMinKw[i])) continue;
      this.leastPurchase = Math.min(this.leastPurchase, demandKw[i] - pMaxKw[i]);
      this.greatestPurchase = Math.max(this.greatestPurchase, demandKw[i] - pMinKw[i]);
    }
    this.demand = demand;
    if (this.eventCount === 0) this.leastPurchase = this.greatestPurchase = 0;
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
  private referencePrice(prosumer: number): number {
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

  /** A prosumer's devices: a stretch between any two marginal costs at which one meets a bound, and at them. */
  private addDevices(prosumer: number): void {
    const demand = this.theCase.prosumers.demandKw[prosumer];
    const { supply, range, before } = this;
    supply.load(prosumer);
    supply.outputAt(Number.NEGATIVE_INFINITY, before);
    let output = before.low;
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
    if (!(to > from)) {
      this.isContinuous = false;
      return;
    }
    const rate = (outputTo - outputFrom) / (to - from);
    const start = from - reference;
    const end = to - reference;
    const outputConstant = outputFrom - rate * start;
    const strategic = this.kind === 'cost' ? kappa : 0;
    const quadratic = 0.5 * rate * (1 - strategic * rate);
    const linear = rate * (reference + strategic * (demand - outputConstant));
    const constant = -(quadratic * start + linear) * start;
    const cost = (quadratic * end + linear) * end + constant;
    this.addEvent(from, rate, outputConstant - outputFrom, quadratic, linear, constant);
    this.addEvent(to, -rate, outputTo - outputConstant, -quadratic, -linear, cost - constant);
  }

  private addEvent(
    price: number,
    outputRate: number,
    output: number,
    quadratic: number,
    linear: number,
    constant: number,
  ): void {
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
    const { eventPrice, eventChange, sums, eventCount } = this;
    this.priceOrder.sort(eventPrice, eventCount);
    const { order } = this.priceOrder;
    let active = 0;
    this.count = 0;
    for (let k = 0; k < eventCount; k += 1) {
      const event = order[k];
      const at = COEFFICIENTS * event;
      this.closePiece(eventPrice[event], active);
      active += eventChange[at] > 0 ? 1 : -1;
      for (let c = 0; c < COEFFICIENTS; c += 1) addTo(sums, c, eventChange[at + c]);
    }
    this.closePiece(Number.POSITIVE_INFINITY, active);
  }

  /** Where nobody moves, coefficients are exactly those of a constant. */
  private closePiece(price: number, active: number): void {
    const { sums, coefficients } = this;
    const k = this.count;
    const at = COEFFICIENTS * k;
    for (let c = 0; c < COEFFICIENTS; c += 1)
      coefficients[at + c] = sums[c] + sums[COEFFICIENTS + c];
    if (active === 0) coefficients[at] = coefficients[at + 2] = coefficients[at + 3] = 0;
    const output = coefficients[at + 1];
    const rise = active === 0 ? 0 : coefficients[at] * (price - this.reference);
    this.price[k] = price;
    this.netImport[k] = this.demand - output - rise;
    this.count = k + 1;
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

/** Adds to sum c: two-sum, what rounding drops goes to the low part. */
function addTo(sums: Float64Array, c: number, term: number): void {
  const high = sums[c];
  const sum = high + term;
  const part = sum - high;
  sums[COEFFICIENTS + c] += high - (sum - part) + (term - part);
  sums[c] = sum;
}
