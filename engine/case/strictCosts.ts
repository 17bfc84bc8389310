/**
 * Strictly convex answers: with κ_m = 1 / (a_m (n_m − 1)), or 0 for a single prosumer or without
 * price_sensitivity, the answer p(λ) = (λ + κ D − b) / (c + κ) of a prosumer that can move needs
 * c + κ > 0, for every device of its own (docs/model.md section 2). What is fixed (p_min = p_max) has no
 * answer to give, so its costs are free. In `social` (κ = 0) a cost c = 0 is allowed.
 */
import { ProblemList } from '../base/errors.js';
import type { Case } from './case.js';
import { provenanceOf } from './provenance.js';
import { TableCheck } from './tableCheck.js';

/** @throws CaseError where a movable prosumer or device has c + κ = 0 */
export function checkStrictCosts(theCase: Case): void {
  const { communities, prosumers, devices } = theCase;
  const anyDevices = prosumers.deviceStart.length > 0;
  const problems = new ProblemList();
  const provenance = provenanceOf(theCase);
  const ofProsumers = new TableCheck(problems, provenance, 'prosumers');
  const ofDevices = new TableCheck(problems, provenance, 'devices');
  for (let community = 0; community < communities.id.length; community += 1) {
    const first = communities.prosumerStart[community];
    const end = communities.prosumerStart[community + 1];
    // Price-taking prosumers have slope NaN, and then this is false too.
    if (end - first > 1 && communities.priceSensitivity[community] > 0) continue;
    const reason =
      'must be above 0: the prosumer can move, and its bid has no slope of its own ' +
      `(community ${communities.id[community]} has a single prosumer or no price_sensitivity)`;
    for (let prosumer = first; prosumer < end; prosumer += 1) {
      const firstDevice = anyDevices ? prosumers.deviceStart[prosumer] : 0;
      const endDevice = anyDevices ? prosumers.deviceStart[prosumer + 1] : 0;
      if (firstDevice === endDevice && isFlatAndMovable(prosumers, prosumer)) {
        ofProsumers.report(prosumer, 'cost_quadratic', prosumers.costQuadratic[prosumer], reason);
      }
      for (let device = firstDevice; device < endDevice; device += 1) {
        if (!isFlatAndMovable(devices, device)) continue;
        ofDevices.report(device, 'cost_quadratic', devices.costQuadratic[device], reason);
      }
    }
  }
  problems.throwIfAny();
}

interface Flexibility {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
}

function isFlatAndMovable(table: Flexibility, row: number): boolean {
  return table.costQuadratic[row] === 0 && table.pMinKw[row] < table.pMaxKw[row];
}
