/**
 * κ_m = 1 / (a_m (n_m − 1)): how far one prosumer's purchase moves the price its own market asks of it
 * (docs/model.md section 2; Chen et al. 2020). Zero for a community of one, and for price-takers.
 */
import { sharedFloats } from '../base/columns.js';
import type { CommunityTable } from '../case/case.js';

/** $/kWh per kW, by community, in shared memory. */
export function marketKappa(communities: CommunityTable): Float64Array {
  const kappa = sharedFloats(communities.id.length);
  for (let m = 0; m < kappa.length; m += 1) {
    const prosumers = communities.prosumerStart[m + 1] - communities.prosumerStart[m];
    const sensitivity = communities.priceSensitivity[m];
    kappa[m] =
      prosumers > 1 && !Number.isNaN(sensitivity) ? 1 / (sensitivity * (prosumers - 1)) : 0;
  }
  return kappa;
}
