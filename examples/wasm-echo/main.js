// An echo server whose every connection is a Wasm task. The host only starts it.
//
//   node examples/wasm-echo/main.js            (PORT=9000 for another port than 8000)

import { fileURLToPath } from "node:url";
import { buildGuest } from "tokiwa/build";
import { Runtime } from "tokiwa/runtime";

const source = new URL("echo.as.ts", import.meta.url);
const module = new URL("echo.wasm", import.meta.url);

// The same as `npx tokiwa build echo.as.ts -o echo.wasm`, which a program would not do each time.
await buildGuest({ entry: fileURLToPath(source), outFile: fileURLToPath(module) });

const runtime = await Runtime.create();
try {
  const { serve } = await runtime.load(module);
  const address = `127.0.0.1:${process.env.PORT ?? 8000}`;
  const serving = runtime.spawn(serve, address);
  console.log(`echo on ${address}: ${runtime.metrics.workers} workers`);
  await serving;
} finally {
  await runtime.shutdown();
}
