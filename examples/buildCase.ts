/** Builds a case from arrays, clears it, and checks the certificate once more: `node dist/examples/buildCase.js`. */
import { certify, clear, createCase, prosumerFigures } from 'wattshare';

const theCase = createCase({
  settings: {
    name: 'two streets',
    baseKva: 100,
    baseKv: 0.4,
    root: 'substation',
    rootVoltagePu: 1,
    vMinPu: 0.94,
    vMaxPu: 1.06,
    gridBuy: 0.3,
    gridSell: 0.08,
  },
  buses: { bus: ['substation', 'first street', 'second street'] },
  branches: {
    from: ['substation', 'first street'],
    to: ['first street', 'second street'],
    rOhm: [0.03, 0.05],
    xOhm: [0.01, 0.02],
  },
  communities: {
    community: ['first', 'second'],
    bus: ['first street', 'second street'],
    // kW per $/kWh: how strongly bids answer prices.
    priceSensitivity: [40, 40],
  },
  prosumers: {
    prosumer: ['ann', 'bob', 'cleo', 'dan'],
    community: ['first', 'first', 'second', 'second'],
    demandKw: Float64Array.of(3, 5, -4, 2),
    pMinKw: Float64Array.of(0, 0, 0, 0),
    pMaxKw: Float64Array.of(2, 4, 1, 3),
    // What flexible output p costs: ½ c p² + b p, $/h.
    costQuadratic: Float64Array.of(0.02, 0.03, 0.01, 0.02),
    costLinear: Float64Array.of(0.1, 0.12, 0.05, 0.2),
  },
});

const result = await clear(theCase);
if (result.outcome === undefined) throw new Error(result.explanation);

const { purchaseKw, payment } = prosumerFigures(theCase, result.outcome);
let row = 0;
for (const prosumer of theCase.prosumers.id) {
  console.log(
    `${prosumer} buys ${purchaseKw[row].toFixed(3)} kW and pays ${payment[row].toFixed(4)} $/h`,
  );
  row += 1;
}

const { equilibriumHolds, physicsHolds, optimalityHolds } = certify(
  theCase,
  result.mode,
  result.outcome,
);
console.log(
  `equilibrium ${equilibriumHolds}, physics ${physicsHolds}, optimality ${optimalityHolds}`,
);
