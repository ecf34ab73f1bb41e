/** Echo over loopback TCP: the same load on every server, one server process at a time. */
import { fileURLToPath } from "node:url";
import { server } from "../harness/server.mjs";
import { binaries } from "../peers/build.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = (file, ...args) => [process.execPath, "--no-warnings", at(file), ...args];

const ownServer = (reactor, style) =>
  server({
    env: { TOKIWA_REACTOR: reactor },
    command: () => node("echo-server.mjs", style),
  });

const load = { conns: 64, size: 32, seconds: 2 };
const quick = { seconds: 0.4 };
const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });

export default {
  about: "one round trip of 32 bytes; p50 and p99 as the client sees them; memory of the server",
  cases: [
    {
      params: { ...load, depth: 1 },
      quick,
      bars: [
        speed("tokiwa-linux", "node-net", 1.25),
        speed("tokiwa-linux", "c-epoll", 0.8),
        { subject: "tokiwa-linux", against: "node-net", metric: "p99_us", atMost: 1 },
        speed("tokiwa-std", "node-net", 0.9),
        speed("tokiwa-linux", "tokio"),
        speed("tokiwa-linux-generators", "node-net"),
      ],
    },
    {
      params: { ...load, depth: 16 },
      quick,
      bars: [
        speed("tokiwa-linux", "node-net", 1.25),
        speed("tokiwa-std", "node-net", 0.9),
        speed("tokiwa-linux", "c-epoll"),
        speed("tokiwa-linux", "tokio"),
      ],
    },
  ],
  subjects: {
    "tokiwa-linux": ownServer("linux", "async"),
    "tokiwa-std": ownServer("std", "async"),
    "tokiwa-linux-generators": ownServer("linux", "generators"),
    "node-net": server({ command: () => node("../peers/js/node-echo.mjs") }),
    "c-epoll": server({ command: () => [binaries.c] }),
    tokio: server({
      needs: ["tokio"],
      command: () => [binaries.tokio, "echo", "--rt", "mt", "--workers", "1"],
    }),
    go: server({ needs: ["go"], command: () => [binaries.go, "echo", "--procs", "1"] }),
  },
};
