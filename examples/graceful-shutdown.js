// Ctrl-C stops accepting, lets running requests end, and cancels what takes too long.
//
//   node examples/graceful-shutdown.js   (PORT=0 for any free port)

import { once } from "node:events";
import { fromSignal, JoinSet, main, sleep, timeout } from "tokiwa";
import { TcpListener } from "tokiwa/net";

const GRACE_MS = 2000;

async function answer(stream) {
  const buffer = new Uint8Array(1024);
  try {
    const count = await stream.read(buffer);
    await sleep(Number(process.env.WORK_MS ?? 100)); // Stands for work.
    await stream.writeAll(buffer.subarray(0, count));
  } finally {
    stream.close();
  }
}

/** A set keeps what its tasks came to until somebody asks. */
function forgetEnded(requests) {
  for (;;) {
    const settled = requests.tryJoinNextWithId();
    if (settled === undefined) return;
    if (!settled.ok) console.error(settled.error.message);
  }
}

await main(async () => {
  const listener = await TcpListener.bind(["127.0.0.1", Number(process.env.PORT ?? 8081)]);
  const requests = new JoinSet();
  const accepting = new JoinSet();
  accepting.spawn(async () => {
    for await (const { stream } of listener) {
      requests.spawn(() => answer(stream));
      forgetEnded(requests);
    }
  });
  console.log(`listening on ${listener.localAddr}`);

  await fromSignal((signal) => once(process, "SIGINT", { signal }));
  forgetEnded(requests);
  console.log(`stopping: ${requests.size} requests under way`);
  await accepting.shutdown();
  listener.close();

  try {
    await timeout(GRACE_MS, requests.joinAll());
    console.log("all requests ended");
  } catch {
    await requests.shutdown();
    console.log("the rest was cancelled");
  }
});
