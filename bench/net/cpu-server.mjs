/** tokiwa's server on BENCH_WORKERS workers, each request burning BENCH_BURN iterations. */
import { Runtime } from "tokiwa";
import { TcpListener } from "tokiwa/net";
import { burnEcho } from "./burn-handler.mjs";

const runtime = await Runtime.create({ workerThreads: Number(process.env.BENCH_WORKERS) });
await runtime.run(async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const serving = listener.serve(burnEcho);
  console.log(JSON.stringify({ listening: `127.0.0.1:${listener.localAddr.port}` }));
  await serving;
});
