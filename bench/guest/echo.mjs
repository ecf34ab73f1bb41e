/** Echo over loopback TCP by a guest, whose every connection is a task. */
import { fileURLToPath } from "node:url";
import { atLeast, WORKERS } from "../harness/guest.mjs";
import { server } from "../harness/server.mjs";
import { binaries } from "../peers/build.mjs";

const file = fileURLToPath(new URL("echo-server.mjs", import.meta.url));

export default {
  about: "one round trip of 32 bytes; p50 and p99 as the client sees them; memory of the server",
  cases: [
    {
      params: { conns: 64, size: 32, seconds: 2, depth: 1 },
      quick: { seconds: 0.4 },
      bars: [atLeast(0.9), { subject: "tokiwa", against: "c-epoll", metric: "ops_per_s" }],
    },
  ],
  subjects: {
    tokiwa: server({
      needs: ["guest/echo"],
      command: () => [process.execPath, "--no-warnings", file, String(WORKERS)],
    }),
    tokio: server({
      needs: ["tokio"],
      command: () => [binaries.tokio, "echo", "--rt", "mt", "--workers", String(WORKERS)],
    }),
    "c-epoll": server({ command: () => [binaries.c] }),
  },
};
