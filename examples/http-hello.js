// A five-byte HTTP answer to every request head, read line by line.
//
//   node examples/http-hello.js   (PORT=0 for any free port)

import { main, task } from "tokiwa";
import { TcpListener } from "tokiwa/net";

const HEAD_MAX = 16 * 1024;
const NEWLINE = 10;
const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nHello",
);

/** Reads lines out of a stream, through one buffer. */
class LineReader {
  #stream;
  #buffer = new Uint8Array(HEAD_MAX);
  #from = 0;
  #to = 0;

  constructor(stream) {
    this.#stream = stream;
  }

  /** The length of the next line without its end; undefined at the end of the stream. */
  async next() {
    for (;;) {
      const end = this.#buffer.subarray(0, this.#to).indexOf(NEWLINE, this.#from);
      if (end >= 0) {
        const isCrlf = this.#buffer[end - 1] === 13;
        const length = end - this.#from - (isCrlf ? 1 : 0);
        this.#from = end + 1;
        return length;
      }
      this.#buffer.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
      if (this.#to === HEAD_MAX) throw new RangeError(`Cannot read head: over ${HEAD_MAX} bytes`);
      const count = await this.#stream.read(this.#buffer.subarray(this.#to));
      if (count === 0) return undefined;
      this.#to += count;
    }
  }
}

export const serveHttp = task(import.meta, "serveHttp", async (stream) => {
  stream.setNodelay(true);
  const lines = new LineReader(stream);
  for (;;) {
    const length = await lines.next();
    if (length === undefined) return;
    if (length === 0) await stream.writeAll(ANSWER); // An empty line ends the head.
  }
});

await main(async () => {
  const listener = await TcpListener.bind(["127.0.0.1", Number(process.env.PORT ?? 8080)]);
  const serving = listener.serve(serveHttp);
  console.log(`http on ${listener.localAddr}`);
  await serving;
});
