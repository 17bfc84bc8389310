/**
 * Output and cost of a community as functions of its price λ: between the prices at which outputs meet
 * bounds they are polynomials of degree 1 and 2, here about a price λ_ref among them (docs/model.md
 * section 2),
 *
 *     P(λ) = P_1 t + P_0,   C(λ) = C_2 t² + C_1 t + C_0,   t = λ − λ_ref
 *
 * The polynomials are sums of the prosumers' own stretches (windowReading.ts): what holds at the lower end of a
 * window of prices, and changes at the prices inside, compensated (base/compensated.ts), so that what came and
 * went leaves nothing behind.
 */
import { type Bids, type Blocks, blocksOf } from './bids.js';
import { PriceOrder } from './priceOrder.js';
import { addTo, COEFFICIENTS, runningSums } from './runningSums.js';
import type { WindowFindings } from './windowBlocks.js';
import { WindowEvents } from './windowEvents.js';
import { type CostKind, WINDOW, WINDOW_COUNT, WindowReading } from './windowReading.js';

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
  /** Σ of the sizes of what C is summed from, $/h. */
  size = 0;
  /** False where an output jumps at one price (κ = 0 and c = 0): no polynomial says what happens there. */
  isContinuous = true;

  private readonly blocks: Blocks;
  private readonly reading: WindowReading;
  private readonly events = new WindowEvents();
  private priceOrder = new PriceOrder(0);
  /** At the start of the window: high parts of the sums of the coefficients, then the low parts. */
  private readonly start = new Float64Array(2 * COEFFICIENTS);
  /** Stretches that the window begins inside. */
  private active = 0;
  private readonly block = new Float64Array(WINDOW_COUNT);

  /** @param kind what the polynomials C are: costs, or the potential */
  constructor(bids: Bids, kind: CostKind) {
    this.blocks = blocksOf(bids);
    this.reading = new WindowReading(bids, kind, this.events);
  }

  /** Finds the pieces of a community in a window of prices; ±Infinity leaves a side open. */
  load(community: number, kappa: number, from: number, to: number): void {
    const { blocks, reading, events, block } = this;
    this.open(community, kappa, from, to);
    events.count = 0;
    for (let row = blocks.start[community]; row < blocks.start[community + 1]; row += 1) {
      block.fill(0);
      reading.read(blocks.first[row], blocks.end[row], block, 0);
      this.addBlock(block, 0);
    }
    this.sumPieces(events.price, events.change, events.count);
  }

  /** The same from what has been read already, in the same window. */
  take(
    { sums, price, change, eventEnd }: WindowFindings,
    community: number,
    kappa: number,
    from: number,
    to: number,
  ): void {
    const first = this.blocks.start[community];
    const end = this.blocks.start[community + 1];
    this.open(community, kappa, from, to);
    for (let row = first; row < end; row += 1) this.addBlock(sums, WINDOW_COUNT * row);
    const firstEvent = first === 0 ? 0 : eventEnd[first - 1];
    const endEvent = end === 0 ? 0 : eventEnd[end - 1];
    this.sumPieces(
      price.subarray(firstEvent, endEvent),
      change.subarray(COEFFICIENTS * firstEvent, COEFFICIENTS * endEvent),
      endEvent - firstEvent,
    );
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

  private open(community: number, kappa: number, from: number, to: number): void {
    this.reading.open(community, kappa, from, to);
    this.reference = this.reading.reference;
    this.from = from;
    this.to = to;
    this.demand = 0;
    this.size = 0;
    this.active = 0;
    this.isContinuous = true;
    this.start.fill(0);
  }

  private addBlock(sums: Float64Array, at: number): void {
    for (let c = 0; c < COEFFICIENTS; c += 1) addTo(this.start, c, sums[at + PLACES[c]]);
    this.demand += sums[at + WINDOW.demand];
    this.size += sums[at + WINDOW.size];
    this.active += sums[at + WINDOW.active];
    if (sums[at + WINDOW.jumps] > 0) this.isContinuous = false;
  }

  private sumPieces(eventPrice: Float64Array, eventChange: Float64Array, events: number): void {
    this.reserve(events);
    const { start, coefficients, price, netImport, priceOrder } = this;
    priceOrder.sort(eventPrice, events);
    const { order } = priceOrder;
    for (let c = 0; c < COEFFICIENTS; c += 1) {
      const [high, low] = [start[c], start[COEFFICIENTS + c]];
      runningSums(eventChange, order, events, c, high, low, coefficients);
    }
    let { active } = this;
    for (let k = 0; k <= events; k += 1) {
      const at = COEFFICIENTS * k;
      // Where nobody moves, coefficients are exactly those of a constant.
      if (active === 0) coefficients[at] = coefficients[at + 2] = coefficients[at + 3] = 0;
      const largest = this.demand - coefficients[at + 1];
      if (k === 0)
        this.firstImport = importAt(largest, coefficients[at], this.from - this.reference);
      price[k] = k === events ? this.to : eventPrice[order[k]];
      netImport[k] = importAt(largest, coefficients[at], price[k] - this.reference);
      if (k < events) active += eventChange[COEFFICIENTS * order[k]] > 0 ? 1 : -1;
    }
    this.count = events + 1;
  }

  private reserve(events: number): void {
    if (events < this.price.length) return;
    const capacity = Math.max(64, 2 * this.price.length, events);
    this.priceOrder = new PriceOrder(capacity);
    this.price = new Float64Array(capacity + 1);
    this.netImport = new Float64Array(capacity + 1);
    this.coefficients = new Float64Array(COEFFICIENTS * (capacity + 1));
  }
}

/** Where a block keeps the coefficients, in their order. */
const PLACES = [WINDOW.rate, WINDOW.output, WINDOW.quadratic, WINDOW.linear, WINDOW.constant];

/** At an open end of the window nobody moves. */
function importAt(largest: number, rate: number, t: number): number {
  return rate === 0 ? largest : largest - rate * t;
}
