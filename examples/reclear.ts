/** Clears a market again and again as bids change: `node dist/examples/reclear.js [case]`. */
import { readCase, resolveCase } from 'wattshare';
import { openMarket } from 'wattshare/market';

const theCase = await readCase(resolveCase(process.argv[2] ?? 'case33bw'));
const { id, costLinear } = theCase.prosumers;
const market = await openMarket(theCase, { mode: 'dlmp', warmUp: 'once' });

for (const change of [0, 0.05, 0.1, 0.15]) {
  // Checked like a case, all or nothing; what has not changed is not worked out again.
  const dearer = costLinear.map((cost) => cost + change);
  await market.update({ prosumers: { prosumer: [...id], costLinear: dearer } });
  const { result, route, reason } = await market.clear({ deadlineMs: 5000 });
  if (result.outcome === undefined) throw new Error(`${result.explanation} ${reason}`);
  const { price } = result.outcome.communities;
  const mean = price.reduce((sum, value) => sum + value, 0) / price.length;
  console.log(
    `bids ${change.toFixed(2)} $/kWh dearer: ${result.status} (${route}), mean price ${mean.toFixed(5)} $/kWh, ` +
      `${result.outcome.gridImportKw.toFixed(1)} kW from the grid`,
  );
}
await market.close();
