/** Clears a bundled case and prints what communities pay: `node dist/examples/clearCase.js [case]`. */
import { clear, readCase, resolveCase } from 'wattshare';

const theCase = await readCase(resolveCase(process.argv[2] ?? 'case33bw'));
const result = await clear(theCase, { mode: 'welfare' });

console.log(`${theCase.settings.name}: ${result.status}`);
if (result.outcome === undefined) {
  console.log(result.explanation);
} else {
  const { price, importKw } = result.outcome.communities;
  console.log(
    `cost ${result.cost.toFixed(4)} $/h, proven to a relative gap of ${result.gap.toExponential(1)}`,
  );
  theCase.communities.id.forEach((community, m) => {
    console.log(`${community}: ${price[m].toFixed(5)} $/kWh, imports ${importKw[m].toFixed(2)} kW`);
  });
}
