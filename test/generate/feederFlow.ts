/** The power flow of a feeder without a market, for tests. */
import type { CaseTables } from '../../engine/case/case.js';
import { IdColumn } from '../../engine/case/idColumn.js';
import { validateCase } from '../../engine/case/validate.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';

export interface FeederFlow {
  readonly sourceKw: number;
  readonly lossesKw: number;
  readonly vMinPu: number;
  readonly vMinBus: string;
  /** By bus row. */
  readonly voltagePu: readonly number[];
}

/** One prosumer at the root that wants nothing makes a case of the feeder. */
function idleMarketOn(feeder: CaseTables): CaseTables {
  return {
    ...feeder,
    communities: {
      id: ['idle'],
      bus: Int32Array.of(feeder.settings.rootBus),
      priceSensitivity: Float64Array.of(Number.NaN),
      qMinKvar: Float64Array.of(0),
      qMaxKvar: Float64Array.of(0),
      priceMin: Float64Array.of(Number.NEGATIVE_INFINITY),
      priceMax: Float64Array.of(Number.POSITIVE_INFINITY),
      zone: [''],
      prosumerStart: Int32Array.of(0, 1),
    },
    prosumers: {
      id: IdColumn.from(['idle-1']),
      demandKw: Float64Array.of(0),
      demandKvar: Float64Array.of(0),
      pMinKw: Float64Array.of(0),
      pMaxKw: Float64Array.of(0),
      costQuadratic: Float64Array.of(1),
      costLinear: Float64Array.of(0),
      deviceStart: new Int32Array(0),
    },
  };
}

export function feederFlow(feeder: CaseTables): FeederFlow {
  const network = buildRadialNetwork(validateCase(idleMarketOn(feeder)));
  const flow = createPowerFlow(network);
  const nothing = new Float64Array(network.junctionCount);
  if (flow.solve(nothing, nothing) !== 'converged') throw new Error('the power flow diverged');
  const voltages = feeder.buses.id.map((_, bus) =>
    Math.sqrt(flow.squaredVoltage[network.busJunction[bus]] * network.busFactor[bus]),
  );
  const vMinPu = Math.min(...voltages);
  const sourceKw = flow.rootActive * network.baseKva;
  return {
    sourceKw,
    lossesKw: sourceKw - feeder.buses.loadKw.reduce((sum, kw) => sum + kw, 0),
    vMinPu,
    vMinBus: feeder.buses.id[voltages.indexOf(vMinPu)],
    voltagePu: voltages,
  };
}
