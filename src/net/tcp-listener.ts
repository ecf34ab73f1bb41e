/**
 * TCP listeners: sockets that take connections.
 *
 * @module
 */

import { READABLE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { checkBoolean, checkMade, checkOptions, checkWhole, optionNames } from "../error/check.ts";
import type { Future } from "../future/future.ts";
import type { JoinHandle } from "../task/join-handle.ts";
import type { PortableTask } from "../task/portable.ts";
import type { ListenerBackend, ListenSettings, StreamBackend } from "./backend.ts";
import { Establish } from "./establish.ts";
import { alive } from "./halves.ts";
import { Lookup } from "./lookup.ts";
import { BLOCKED, Operation } from "./operation.ts";
import { reactorOf } from "./reactor.ts";
import { SocketAddr, type ToSocketAddrs } from "./socket-addr.ts";
import { TcpStream } from "./tcp-stream.ts";

/** How to listen. */
export interface ListenOptions {
  /** Connections that may wait to be accepted, 1 to 65535; the system may allow fewer. 1024. */
  readonly backlog?: number;
  /** Bind although connections of an earlier listener linger. True; the std reactor always does. */
  readonly reuseAddress?: boolean;
  /** Let others that ask for it, too, bind the same address; the system spreads connections. */
  readonly reusePort?: boolean;
}

const OPTION_NAMES = optionNames<ListenOptions>({ backlog: 0, reuseAddress: 0, reusePort: 0 });

/** A connection that was accepted. */
export interface Accepted {
  readonly stream: TcpStream;
  /** The other side's address. */
  readonly addr: SocketAddr;
}

/** What serves a connection. The stream is closed when it ends, however it ends. */
export type ConnectionHandler =
  | PortableTask<[TcpStream], unknown>
  | ((stream: TcpStream) => PromiseLike<unknown> | unknown);

/** How listeners are served. The room above sets it: it builds on listeners itself. */
let startServing: (listener: TcpListener, handler: ConnectionHandler) => JoinHandle<void>;
export function setStartServing(start: typeof startServing): void {
  startServing = start;
}

/** The socket of a listener, for those who hand listeners to other threads. */
export let listenerSocketOf: (listener: TcpListener) => ListenerBackend;

/**
 * Takes connections. Close it, or have `using` do it.
 *
 * It belongs to the thread where it was made.
 *
 * @example Saying hello
 * ```ts
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * spawn(async () => {
 *   using client = await TcpStream.connect(listener.localAddr);
 *   console.log(new TextDecoder().decode(await client.readToEnd())); // hello
 *   listener.close();
 * });
 * for await (const { stream } of listener) {
 *   spawn(async () => {
 *     using connection = stream;
 *     await connection.writeAll(new TextEncoder().encode("hello"));
 *   });
 * }
 * ```
 */
export class TcpListener implements Disposable {
  readonly #backend: ListenerBackend;

  static {
    listenerSocketOf = (listener) => listener.#backend;
    shownBy(TcpListener, ({ localAddr }) => ({ localAddr: `${localAddr}` }));
  }

  /**
   * Made by {@linkcode TcpListener.bind}.
   *
   * @internal
   */
  constructor(backend: ListenerBackend) {
    this.#backend = checkMade("TcpListener", backend, "TcpListener.bind");
  }

  /**
   * Listens at `addr`, or at the first address of a host name that will do. Port 0 lets the system
   * choose: see {@linkcode localAddr}.
   *
   * **Cancel safety.** A listener that is given up is closed.
   *
   * @throws {TypeError} At once, if `addr` names no address, or an option does not exist.
   * @throws {RangeError} At once, if a port or the backlog is out of range.
   * @throws {Error} At once, if the runtime was built without io.
   * @throws {ClosedError} If the runtime has shut down.
   * @throws {NetError} If no address will do: `code` is EADDRINUSE or EACCES, say.
   * @throws {UnsupportedError} If the reactor cannot do what the options ask for.
   */
  static bind(addr: ToSocketAddrs, options: ListenOptions = {}): Future<TcpListener> {
    const lookup = new Lookup(addr, "bind listener");
    const settings = listenSettings(options);
    const reactor = reactorOf(context().thread);
    return new Establish({
      action: "bind listener",
      lookup,
      signal: undefined,
      begin: (at) => reactor.listen(at, settings),
      finish: (backend) => new TcpListener(backend),
    });
  }

  /**
   * The next connection, in the order in which they came.
   *
   * If it fails because descriptors ran out, the connection waits and the listener stays good:
   * close something, or wait a little, and accept again. (The std reactor turns such connections
   * away, unheard.)
   *
   * **Cancel safety.** Nothing is lost: an accept that is given up has taken no connection.
   *
   * @throws {ClosedError} If the listener is closed, before or during the wait.
   * @throws {NetError} If the system cannot: `code` is EMFILE, ENFILE or ENOBUFS, say.
   */
  accept(): Future<Accepted> {
    return new Accept(this.#backend);
  }

  /**
   * Connection after connection, until the listener is closed. What {@linkcode accept} throws ends
   * the iteration; a new one can follow. Leaving it leaves the listener open.
   *
   * **Cancel safety.** Nothing is lost when a task that loops is aborted. A `next()` that is given
   * up takes its connection all the same, and it is lost: use {@linkcode accept} there.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Accepted, void, undefined> {
    while (this.#backend.slot !== 0) {
      let accepted: Accepted;
      try {
        accepted = await this.accept();
      } catch (reason) {
        if (this.#backend.slot === 0) return;
        throw reason;
      }
      yield accepted;
    }
  }

  /**
   * Accepts connections and runs `handler` for each, as a task of its own, until the handle that is
   * returned is aborted. Connections that have begun go on then.
   *
   * A portable task is run on every worker, each connection where there are the fewest. A closure
   * stays on this thread, and so does everything on the std reactor. The handler's stream is closed
   * when it ends; that the peer resets the connection is no failure. Should descriptors run out,
   * accepting pauses for a moment. Keep the listener open meanwhile.
   *
   * **Cancel safety.** Giving up the wait for the handle changes nothing: abort it to stop.
   *
   * @throws {JoinError} If accepting fails; what a handler throws is reported as of any task.
   */
  serve(handler: ConnectionHandler): JoinHandle<void> {
    return startServing(this, handler);
  }

  /**
   * Where it listens.
   *
   * @throws {ClosedError} If the listener is closed.
   */
  get localAddr(): SocketAddr {
    const { address, port } = alive(this.#backend, "get local address").localEndpoint();
    return new SocketAddr(address, port);
  }

  /**
   * Stops listening. Connections that were not accepted are reset; accepted ones live on. Harmless
   * when done twice.
   */
  close(): void {
    this.#backend.close();
  }

  /** Same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

class Accept extends Operation<Accepted, ListenerBackend> {
  protected readonly action = "accept";

  constructor(backend: ListenerBackend) {
    super(backend, READABLE);
  }

  protected attempt(): Accepted | typeof BLOCKED {
    const backend = this.backend.tryAccept();
    return backend === undefined ? BLOCKED : new AcceptedStream(backend);
  }
}

/** Makes the address only for those who look. */
class AcceptedStream implements Accepted {
  readonly stream: TcpStream;

  constructor(backend: StreamBackend) {
    this.stream = new TcpStream(backend);
  }

  get addr(): SocketAddr {
    return this.stream.peerAddr;
  }
}

function listenSettings(options: ListenOptions): ListenSettings {
  const action = "bind listener";
  const given = checkOptions(action, options, OPTION_NAMES);
  const { backlog = 1024, reuseAddress = true, reusePort = false } = given;
  return {
    backlog: checkWhole(action, "backlog", backlog, 1, 65535),
    reuseAddress: checkBoolean(action, "reuseAddress", reuseAddress),
    reusePort: checkBoolean(action, "reusePort", reusePort),
  };
}
