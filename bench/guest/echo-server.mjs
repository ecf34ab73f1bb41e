/** The echo server in a guest: `node echo-server.mjs WORKERS`. */
import { connect, createServer } from "node:net";
import { Runtime } from "tokiwa/runtime";
import { guestFile } from "../peers/build.mjs";

/** A port that nobody uses now: a guest has no way to say which one the system chose. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function isServed(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

const runtime = await Runtime.create({ workerThreads: Number(process.argv[2]) });
const { run } = await runtime.load(guestFile("echo"));
const port = await freePort();
const serving = runtime.spawn(run, `127.0.0.1:${port}`);
while (!(await isServed(port)));
console.log(JSON.stringify({ listening: `127.0.0.1:${port}` }));
await serving;
