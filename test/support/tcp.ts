/**
 * Connected streams, and futures that say how often they were polled.
 *
 * @module
 */
import { Future, type Pending, type Waker } from "tokiwa";
import { type Accepted, TcpListener, TcpStream } from "tokiwa/net";

/** Which reactor the tests run on. */
export const onStd = process.env.TOKIWA_REACTOR === "std" || process.platform !== "linux";

/** A listener on a port of its own. */
export async function bound(): Promise<TcpListener> {
  return await TcpListener.bind("127.0.0.1:0");
}

/** The two ends of a connection. */
export interface Pair extends Disposable {
  readonly client: TcpStream;
  readonly server: TcpStream;
}

export async function connected(): Promise<Pair> {
  const listener = await bound();
  const [client, { stream: server }] = await both(
    TcpStream.connect(listener.localAddr),
    listener.accept(),
  );
  listener.close();
  return {
    client,
    server,
    [Symbol.dispose]() {
      client.close();
      server.close();
    },
  };
}

/** Waits for a connection from both sides at once. */
export function both(
  connecting: Future<TcpStream>,
  accepting: Future<Accepted>,
): Promise<[TcpStream, Accepted]> {
  return Promise.all([connecting, accepting]);
}

/** A future that has been started, and what is known of it. */
export class Started<T> {
  isSettled = false;
  readonly value: Promise<T>;

  constructor(future: PromiseLike<T>) {
    const settle = () => {
      this.isSettled = true;
    };
    this.value = Promise.resolve(future).finally(settle);
    // A test that only asks whether it is settled must not fail for the reason.
    this.value.catch(() => {});
  }
}

/** Counts the polls of another future. */
export class Counted<T> extends Future<T> {
  polls = 0;
  readonly #inner: Future<T>;
  readonly #onPoll: () => void;

  constructor(inner: Future<T>, onPoll: () => void = () => {}) {
    super();
    this.#inner = inner;
    this.#onPoll = onPoll;
  }

  poll(waker: Waker): T | Pending {
    this.polls += 1;
    this.#onPoll();
    return this.#inner.poll(waker);
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}

/** Reads `count` bytes as text. */
export async function readText(from: Pick<TcpStream, "readExact">, count: number): Promise<string> {
  const buffer = new Uint8Array(count);
  await from.readExact(buffer);
  return new TextDecoder().decode(buffer);
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
