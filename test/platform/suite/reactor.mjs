import { equal, failure, holds, within } from "./expect.mjs";
import { echoOnce } from "./tasks.mjs";

/** Both ends of a connection. */
async function connected({ TcpListener, TcpStream }) {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const accepting = listener.accept();
  const client = await TcpStream.connect(listener.localAddr);
  const { stream } = await accepting;
  listener[Symbol.dispose]();
  return { client, stream };
}

/** What the Linux reactor does, and no other. */
export const reactor = {
  cases: {
    "it is libc's epoll": async ({ net }) => equal(net.reactorName(), "linux"),
    "a socket goes to a task on another thread": async ({ net, tokiwa }) => {
      await within(tokiwa, { workerThreads: 2 }, (runtime) =>
        runtime.run(async () => {
          const { client, stream } = await connected(net);
          const serving = tokiwa.spawn(echoOnce, stream);
          await client.writeAll(Uint8Array.of(1, 2, 3));
          const buffer = new Uint8Array(3);
          await client.readExact(buffer);
          equal([[...buffer], await serving], [[1, 2, 3], 3]);
          client[Symbol.dispose]();
        }),
      );
    },
    "Wasm tasks have sockets": async ({ tokiwa, guest }) => {
      await within(tokiwa, {}, async (runtime) => {
        const { echoed } = await runtime.load(guest);
        equal(await runtime.spawn(echoed), "3 bytes, true: 1 2 3");
      });
    },
  },
  without: {
    "a socket stays where it is": async ({ net, tokiwa: { spawn }, lacks }) => {
      if (lacks.sockets !== undefined) return;
      equal(net.reactorName(), "std");
      const { client, stream } = await connected(net);
      equal((await failure(async () => spawn(echoOnce, stream))).name, "NotSendError");
      for (const socket of [client, stream]) socket[Symbol.dispose]();
    },
    "Wasm tasks hear what their sockets take": async ({ tokiwa, guest, lacks }) => {
      if (lacks.guests !== undefined) return;
      await within(tokiwa, {}, async (runtime) => {
        const { echoed } = await runtime.load(guest);
        const error = await failure(runtime.spawn(echoed));
        holds(/it takes Linux/.test(error.message), `it says so: ${error.message}`);
      });
    },
  },
};
