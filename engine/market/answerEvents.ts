/**
 * Where the slopes of prosumers' answers change: events in flat arrays, which grow as they are needed.
 *
 * An event is a price, by how much Σ_A s_i changes there (s_i as a prosumer enters A, −s_i as it leaves), and
 * the prosumer's purchase x_i there. Where κ = 0 and c = 0 the slope is 0, and the event is an output that is
 * added at one price. Units: $/kWh, kW per $/kWh, kW.
 */
export class AnswerEvents {
  count = 0;
  price: Float64Array;
  slope: Float64Array;
  /** x_i, or the output added at one price where the slope is 0. */
  purchase: Float64Array;

  constructor(capacity: number) {
    this.price = new Float64Array(capacity);
    this.slope = new Float64Array(capacity);
    this.purchase = new Float64Array(capacity);
  }

  add(price: number, slope: number, purchase: number): void {
    const event = this.count;
    if (event === this.price.length) this.reserve(event + 1);
    this.price[event] = price;
    this.slope[event] = slope;
    this.purchase[event] = purchase;
    this.count = event + 1;
  }

  /** Makes room for this many events, and more as they keep coming. */
  reserve(count: number): void {
    if (count <= this.price.length) return;
    const capacity = Math.max(count, 2 * this.price.length);
    this.price = extended(this.price, capacity);
    this.slope = extended(this.slope, capacity);
    this.purchase = extended(this.purchase, capacity);
  }
}

function extended(column: Float64Array, length: number): Float64Array {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}
