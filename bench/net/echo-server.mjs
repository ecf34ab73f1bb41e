/** tokiwa's echo server on one thread: `node echo-server.mjs async|generators`. */
import { Runtime, spawn } from "tokiwa";
import { TcpListener } from "tokiwa/net";

const BUFFER_BYTES = 4096;

async function echo(stream) {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (;;) {
    const n = await stream.read(buffer);
    if (n === 0) break;
    await stream.writeAll(buffer.subarray(0, n));
  }
  stream.close();
}

function* echoSteps(stream) {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (;;) {
    const n = yield* stream.read(buffer);
    if (n === 0) break;
    yield* stream.writeAll(buffer.subarray(0, n));
  }
  stream.close();
}

const styles = {
  async: (stream) => spawn(() => echo(stream)),
  generators: (stream) =>
    spawn(function* () {
      yield* echoSteps(stream);
    }),
};
const serve = styles[process.argv[2]];

const runtime = await Runtime.create({ flavor: "currentThread" });
await runtime.run(async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  console.log(JSON.stringify({ listening: `127.0.0.1:${listener.localAddr.port}` }));
  for (;;) {
    const { stream } = await listener.accept();
    stream.setNodelay(true);
    serve(stream);
  }
});
