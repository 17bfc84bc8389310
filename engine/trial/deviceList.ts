/** The devices of a case, and those that a trial adds, in one table. */
import { sharedFloats } from '../base/columns.js';
import type { Case, DeviceTable } from '../case/case.js';
import { IdColumn } from '../case/idColumn.js';

/** The devices of a case as they are added to, prosumer by prosumer. */
export class DeviceList {
  private readonly ids: string[] = [];
  private readonly owners: number[] = [];
  /** Row in the case, −1 for what is added. */
  private readonly origin: number[] = [];
  private readonly taken: ReadonlySet<string>;

  constructor(private readonly baseCase: Case) {
    this.taken = new Set(baseCase.devices.id);
  }

  addExisting(prosumer: number): void {
    const { prosumers, devices } = this.baseCase;
    if (prosumers.deviceStart.length === 0) return;
    for (let d = prosumers.deviceStart[prosumer]; d < prosumers.deviceStart[prosumer + 1]; d += 1) {
      this.push(devices.id.get(d), prosumer, d);
    }
  }

  /** @returns its row */
  add(prosumer: number, what: string): number {
    let id = `${this.baseCase.prosumers.id.get(prosumer)}-${what}`;
    while (this.taken.has(id)) id += '+';
    return this.push(id, prosumer, -1);
  }

  private push(id: string, prosumer: number, origin: number): number {
    this.ids.push(id);
    this.origin.push(origin);
    return this.owners.push(prosumer) - 1;
  }

  /** What is added offers nothing yet. */
  table(): DeviceTable {
    const { devices } = this.baseCase;
    const column = (values: Float64Array): Float64Array => {
      const result = sharedFloats(this.origin.length);
      this.origin.forEach((row, d) => {
        if (row >= 0) result[d] = values[row];
      });
      return result;
    };
    return {
      id: IdColumn.from(this.ids),
      prosumer: Int32Array.from(this.owners),
      pMinKw: column(devices.pMinKw),
      pMaxKw: column(devices.pMaxKw),
      costQuadratic: column(devices.costQuadratic),
      costLinear: column(devices.costLinear),
    };
  }
}
