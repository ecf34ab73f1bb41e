import { equal, failure, holds } from "./expect.mjs";

export const sockets = {
  cases: {
    "a connection carries bytes there and back": async ({ net: { TcpListener, TcpStream } }) => {
      const listener = await TcpListener.bind("127.0.0.1:0");
      const accepting = listener.accept();
      const [client, { stream }] = await Promise.all([
        TcpStream.connect(listener.localAddr),
        accepting,
      ]);
      await client.writeAll(Uint8Array.of(1, 2, 3));
      const buffer = new Uint8Array(3);
      await stream.readExact(buffer);
      equal([...buffer], [1, 2, 3]);
      for (const socket of [client, stream, listener]) socket[Symbol.dispose]();
    },
  },
  without: {
    "sockets are refused, with what to use instead": async ({ net, platform, connects }) => {
      const refused = [net.TcpListener.bind, ...(connects ? [] : [net.TcpStream.connect])];
      for (const open of refused) {
        const error = await failure(async () => open("127.0.0.1:80"));
        equal([error.name, error.platform], ["UnsupportedError", platform]);
        holds(/fetch/.test(error.instead), error.message);
      }
    },
    "where there are no listeners, there may be connections": async ({ net, connects, echo }) => {
      if (!connects) return;
      const stream = await net.TcpStream.connect(echo);
      await stream.writeAll(Uint8Array.of(1, 2, 3));
      await stream.shutdown();
      equal([...(await stream.readToEnd())], [1, 2, 3]);
      stream[Symbol.dispose]();
    },
  },
};
