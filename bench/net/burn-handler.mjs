/** The portable task that serves one connection on whichever worker accepted it. */
import { task } from "tokiwa";
import { burn } from "./burn.mjs";

const iterations = Number(process.env.BENCH_BURN);

export const burnEcho = task(import.meta, "burnEcho", async (stream) => {
  stream.setNodelay(true);
  const buffer = new Uint8Array(4096);
  for (;;) {
    const n = await stream.read(buffer);
    if (n === 0) break;
    burn(iterations);
    await stream.writeAll(buffer.subarray(0, n));
  }
  stream.close();
});
