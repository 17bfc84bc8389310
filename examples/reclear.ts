/** Clears a case again and again as bids change: `node dist/examples/reclear.js [case]`. */
import { clear, readCase, resolveCase } from 'wattshare';

const theCase = await readCase(resolveCase(process.argv[2] ?? 'case33bw'));
const { costLinear } = theCase.prosumers;

for (const change of [0, 0.05, 0.1, 0.15]) {
  // A case never changes; another one shares all its columns but those that are given anew.
  const prosumers = { ...theCase.prosumers, costLinear: costLinear.map((cost) => cost + change) };
  const result = await clear({ ...theCase, prosumers }, { mode: 'dlmp' });
  if (result.outcome === undefined) throw new Error(result.explanation);
  const { price } = result.outcome.communities;
  const mean = price.reduce((sum, value) => sum + value, 0) / price.length;
  console.log(
    `bids ${change.toFixed(2)} $/kWh dearer: ${result.status}, mean price ${mean.toFixed(5)} $/kWh, ` +
      `${result.outcome.gridImportKw.toFixed(1)} kW from the grid`,
  );
}
