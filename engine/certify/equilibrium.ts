/**
 * Is it an equilibrium? (docs/model.md section 6, point 1.) Given the others' bids, prosumer i at purchase x
 * meets the price λ_m + κ (x − x_i), and pays
 *
 *     C_i(D_i − x) + (λ_m + κ (x − x_i)) x,
 *
 * least where  C_i'(p) + 2 κ p = λ_m + κ (2 D_i − x_i).  At an equilibrium that is p_i itself. With one
 * output of cost ½ c p² + b p everything follows from the force f = (c + κ) p_i − (λ_m + κ D_i − b), which an
 * equilibrium has only at bounds: the answer to λ_m is clip(p_i − f/(c + κ)), the best bid is at p_i + δ,
 *
 *     δ = clip(p_i − f/(c + 2κ)) − p_i,   and gains   −δ (f + ½ (c + 2κ) δ) ≤ |f| |clip(p_i − f/(c + κ)) − p_i|
 */
import { type Bids, runEnd } from './bids.js';
import { CHECK, raiseError } from './checkSums.js';
import { type OutputRange, Supply } from './supply.js';

/** Checks rows of one community at a time. */
export class EquilibriumCheck {
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  /** Lower bound, aim, upper bound: picked by number, for a branch would be guessed wrong too often. */
  private readonly choice = new Float64Array(3);

  constructor(private readonly bids: Bids) {
    this.supply = new Supply(bids);
  }

  /**
   * Checks rows `first` to before `end`, and sums what they do.
   *
   * @param price λ_m, $/kWh
   * @param kappa κ_m, $/kWh per kW
   * @param sums CHECK_COUNT numbers from `at`, zero before
   */
  check(
    first: number,
    end: number,
    price: number,
    kappa: number,
    outputKw: Float64Array,
    sums: Float64Array,
    at: number,
  ): void {
    const { bids } = this;
    for (let row = first; row < end; ) {
      const stop = runEnd(bids, kappa, row, end);
      if (stop > row) {
        this.checkRun(row, stop, price, kappa, outputKw, sums, at);
        row = stop;
        continue;
      }
      const purchase = bids.prosumers.demandKw[row] - outputKw[row];
      const cost = this.checkUnits(row, price, kappa, outputKw[row], sums, at);
      sums[at + CHECK.purchase] += purchase;
      sums[at + CHECK.traded] += Math.abs(purchase);
      sums[at + CHECK.squaredPurchase] += purchase * purchase;
      sums[at + CHECK.cost] += cost;
      sums[at + CHECK.costSize] += Math.abs(cost);
      row += 1;
    }
  }

  /** Plain prosumers alone. */
  private checkRun(
    first: number,
    end: number,
    price: number,
    kappa: number,
    outputKw: Float64Array,
    sums: Float64Array,
    at: number,
  ): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = this.bids.prosumers;
    const { choice } = this;
    let purchases = 0;
    let traded = 0;
    let squares = 0;
    let costs = 0;
    let costSize = 0;
    // Whoever errs and gains no more than this changes no figure: sizes count as at least 1.
    let knownError = sums[at + CHECK.relativeAnswerError];
    let knownGain = sums[at + CHECK.relativeGain];
    for (let i = first; i < end; i += 1) {
      const demand = demandKw[i];
      const low = pMinKw[i];
      const high = pMaxKw[i];
      const quadratic = costQuadratic[i];
      const linear = costLinear[i];
      const output = outputKw[i];
      const stiffness = quadratic + kappa;
      const force = stiffness * output - (price + kappa * demand - linear);
      const aim = output - force / stiffness;
      choice[0] = low;
      choice[1] = aim;
      choice[2] = high;
      const error = Math.abs(choice[Number(aim > low) + Number(aim > high)] - output);
      const purchase = demand - output;
      const cost = (0.5 * quadratic * output + linear) * output;
      purchases += purchase;
      traded += Math.abs(purchase);
      squares += purchase * purchase;
      costs += cost;
      costSize += Math.abs(cost);
      // Not to be turned round: what is no number has to be recorded.
      if (error <= knownError && Math.abs(force) * error <= knownGain) continue;
      const steep = stiffness + kappa;
      const move = Math.min(Math.max(output - force / steep, low), high) - output;
      const gain = -move * (force + 0.5 * steep * move);
      if (error <= knownError && gain <= knownGain) continue;
      recordError(sums, at, error, output);
      recordGain(sums, at, gain, cost, cost + price * purchase);
      knownError = sums[at + CHECK.relativeAnswerError];
      knownGain = sums[at + CHECK.relativeGain];
    }
    sums[at + CHECK.purchase] += purchases;
    sums[at + CHECK.traded] += traded;
    sums[at + CHECK.squaredPurchase] += squares;
    sums[at + CHECK.cost] += costs;
    sums[at + CHECK.costSize] += costSize;
  }

  /** Checks one prosumer of any kind at a price, by direct comparison; returns its cost, $/h. */
  checkUnits(
    prosumer: number,
    price: number,
    kappa: number,
    output: number,
    sums: Float64Array,
    at: number,
  ): number {
    const { supply, range } = this;
    const demand = this.bids.prosumers.demandKw[prosumer];
    supply.load(prosumer);
    const cost = supply.costOf(output);
    supply.solve(kappa, price + kappa * demand, range);
    recordError(sums, at, Math.max(range.low - output, output - range.high, 0), output);
    const purchase = demand - output;
    const present = cost + price * purchase;
    supply.solve(2 * kappa, price + kappa * (2 * demand - purchase), range);
    const answer = Math.min(Math.max(output, range.low), range.high);
    const bestPurchase = demand - answer;
    const best = supply.costOf(answer) + (price + kappa * (bestPurchase - purchase)) * bestPurchase;
    recordGain(sums, at, present - best, cost, present);
    return cost;
  }
}

function recordError(sums: Float64Array, at: number, error: number, output: number): void {
  const size = Math.abs(output);
  raiseError(sums, at, CHECK.answerError, CHECK.relativeAnswerError, error, size);
}

/** @param present what the prosumer spends and pays */
export function recordGain(
  sums: Float64Array,
  at: number,
  gain: number,
  cost: number,
  present: number,
): void {
  const size = Math.max(Math.abs(cost), Math.abs(present));
  raiseError(sums, at, CHECK.gain, CHECK.relativeGain, gain, size);
}
