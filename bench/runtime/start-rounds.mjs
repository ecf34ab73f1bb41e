/** What is measured of starts, in Node and in pages. */
import { median, now, record } from "../harness/measure.mjs";

/** Median over `rounds`, each from scratch in the same process or page. */
export async function starts(rounds, start) {
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const begin = now();
    const end = await start();
    samples.push((now() - begin) * 1000);
    await end();
  }
  return record({ n: rounds, nsPerOp: median(samples) * 1000, samplesUs: samples });
}
