// A TCP echo server on every core.
//
//   npm start            (PORT=0 for any free port)

import { Handle, interval, main, task } from "tokiwa";
import { reactorName, TcpListener } from "tokiwa/net";

/** Serves one connection, on the worker that was given it. */
export const echo = task(import.meta, "echo", async (stream) => {
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    const count = await stream.read(buffer);
    if (count === 0) return; // The stream is closed with the task.
    await stream.writeAll(buffer.subarray(0, count));
  }
});

/** Prints a line for every second in which there was traffic. */
async function report(metrics) {
  const polls = metrics.pollTime;
  const countPolls = () =>
    polls.buckets.map((_, bucket) => {
      let sum = 0;
      for (let worker = 0; worker < metrics.workers; worker++) sum += polls.count(worker, bucket);
      return sum;
    });
  let before = { ...metrics.io, polls: countPolls() };
  for await (const _ of interval(1000)) {
    const now = { ...metrics.io, polls: countPolls() };
    const requests = now.writes - before.writes;
    if (requests > 0) {
      const megabytes =
        (now.bytesRead + now.bytesWritten - before.bytesRead - before.bytesWritten) / 1e6;
      const [p50, p99] = [0.5, 0.99].map((share) =>
        percentile(polls, before.polls, now.polls, share),
      );
      console.log(
        `${metrics.io.connections} connections  ${requests} requests/s  ` +
          `${megabytes.toFixed(1)} MB/s  ${metrics.aliveTasks} tasks  poll ${p50} / ${p99} µs`,
      );
    }
    before = now;
  }
}

/** Where `share` of the polls since `before` ended, in microseconds. */
function percentile(histogram, before, now, share) {
  const counts = now.map((count, bucket) => count - before[bucket]);
  let left = counts.reduce((sum, count) => sum + count, 0) * share;
  const bucket = counts.findIndex((count) => {
    left -= count;
    return left <= 0;
  });
  return (histogram.range(Math.max(bucket, 0)).toMs * 1000).toFixed(1);
}

await main(
  async () => {
    const { metrics } = Handle.current();
    const listener = await TcpListener.bind(["127.0.0.1", Number(process.env.PORT ?? 8000)]);
    const serving = listener.serve(echo);
    console.log(
      `echo on ${listener.localAddr}: ${metrics.workers} workers, ${reactorName()} reactor`,
    );
    await Promise.all([serving, report(metrics)]);
  },
  { metrics: { pollTime: { kind: "log" } } },
);
