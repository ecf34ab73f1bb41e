/**
 * What a reactor has to offer: sockets whose calls never wait.
 *
 * A call that could not be done at once says so. Then the caller waits for the readiness that
 * stands in the core, at the socket's slot, and calls again. Both reactors keep that readiness:
 * on Linux from `epoll_wait`, elsewhere raised by hand from the callbacks of `node:net`.
 *
 * The platforms import nothing from here but types, because they stand below this room.
 *
 * @module
 */

import type { CoreMemory } from "../core/load.ts";
import type { Futex, Reactor, SharedReactor, Thread } from "../core/thread.ts";

/** Sockets as a platform has them, all its reactors together. Elsewhere there are none. */
export interface Sockets {
  /** Which reactor this process uses; see `reactorName`. */
  reactorName(): Reactor["name"];
  /** Why it is that one. */
  reactorReason(): string;
  /** Opens the reactor of a thread. */
  open(thread: Thread): NetBackend;
  /** Wakes the thread that sleeps in the reactor with this event descriptor. Any thread. */
  wake(eventFd: number): void;
  /** The system's futex, where threads can sleep in it and be woken. */
  openFutex(memory: CoreMemory): Futex | undefined;
  /** What the home thread does for the reactors of the others, after each of its turns. */
  serve(home: Thread): void;
  /** Tells the core once more what a dead worker had been told. After its burial. */
  replayEvents(home: Thread, index: number): void;
  /** Closes what the reactors of a runtime share. Its other threads have ended. */
  close(home: Thread): void;
  /** Closes a descriptor that nobody else will. */
  closeDescriptor(fd: number): void;
  /** The calling thread's hold on the reactor of guests' sockets. */
  openGuestReactor(thread: Thread): SharedReactor;
  /** The calling thread's system calls on the sockets of guests. */
  openGuestSockets(thread: Thread): GuestSocketCalls;
  /** What the system calls an error of theirs. */
  errorNameOf(error: number): string;
  /** Looks a host up. The order of the addresses is the system's. */
  resolve(host: string, port: number, onResolved: OnResolved): void;
}

/** The callback gets one of the two. */
export type OnResolved = (error: Error | undefined, endpoints: readonly Endpoint[]) => void;

/** System calls on the sockets of guests. Results below 0 are errors. */
export interface GuestSocketCalls {
  open(at: Endpoint): number;
  listen(fd: number, at: Endpoint): number;
  connect(fd: number, to: Endpoint): number;
  watch(fd: number, address: number, generation: number): number;
  accept(fd: number): number;
  receive(fd: number, at: number, bytes: number, peeks: number): number;
  send(fd: number, at: number, bytes: number): number;
  shutdown(fd: number): number;
  takeError(fd: number): number;
  nodelay(fd: number, value: number): number;
  endpoint(fd: number, ofPeer: boolean): Endpoint | number;
  close(fd: number): void;
}

/** What a call answers that could not be done without waiting. */
export type WouldBlock = -1;
export const WOULD_BLOCK: WouldBlock = -1;

/** An address as a platform sees it: the IP as text, without brackets. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A checked {@linkcode ListenOptions}. */
export interface ListenSettings {
  readonly backlog: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
}

/** A checked {@linkcode ConnectOptions}. */
export interface ConnectSettings {
  /** Where the connection comes from; port 0 lets the system choose. */
  readonly from: Endpoint | undefined;
}

/** The reactor of one thread, as sockets see it. */
export interface NetBackend extends Reactor {
  readonly thread: Thread;
  /** @throws {NetError} If that is clear at once; else `tryEstablish` tells. */
  listen(at: Endpoint, settings: ListenSettings): ListenerBackend;
  /** @throws {NetError} If that is clear at once; else `tryEstablish` tells. */
  connect(to: Endpoint, settings: ConnectSettings): StreamBackend;
  /**
   * Takes over a descriptor that another thread gave up. Undefined where sockets have none.
   *
   * @param peer The other side, if that thread knew it: a failed connection does not tell any more.
   */
  readonly adoptStream: ((fd: number, peer: Endpoint | undefined) => StreamBackend) | undefined;
  readonly adoptListener: ((fd: number) => ListenerBackend) | undefined;
}

/** One open socket. */
export interface SocketBackend {
  /** The thread whose reactor watches it. Nobody else may touch it. */
  readonly thread: Thread;
  /** The address of its readiness in the core; 0 once the socket is gone. */
  readonly slot: number;
  /** Why it is gone, such as `the stream is closed`. */
  readonly gone: string;
  /**
   * Ends what `listen` or `connect` began. False: wait for WRITABLE.
   *
   * @throws {NetError} If it failed. The socket must then be closed.
   */
  tryEstablish(): boolean;
  /** What its errors name: the other side, if that is known, or where a listener listens. */
  readonly about: Endpoint | undefined;
  /** Where it is on this side. */
  localEndpoint(): Endpoint;
  /**
   * Harmless when done twice. Whoever waits is woken.
   *
   * @param gone Why, if not because it was asked for.
   */
  close(gone?: string): void;
}

/** A socket that takes connections. */
export interface ListenerBackend extends SocketBackend {
  /** The next connection; undefined if there is none now: wait for READABLE. */
  tryAccept(): StreamBackend | undefined;
  /** A descriptor of its own for the same socket, to be given to another thread. */
  duplicate(): number | undefined;
}

/** A connection. Its calls throw `NetError`, and expect the socket not to be gone. */
export interface StreamBackend extends SocketBackend {
  /** Bytes read into `buffer`, which is not empty; 0 at the end of the stream. */
  tryRead(buffer: Uint8Array): number | WouldBlock;
  /** The same, and the bytes stay where they are. */
  tryPeek(buffer: Uint8Array): number | WouldBlock;
  /** Bytes taken from `bytes`, which is not empty. */
  tryWrite(bytes: Uint8Array): number | WouldBlock;
  /** Ends the direction of writing. False: it is under way, wait for WRITABLE. */
  tryShutdown(): boolean;
  peerEndpoint(): Endpoint;
  nodelay: boolean;
  keepalive: boolean;
  /** Whole seconds without traffic before the first probe. */
  setKeepaliveIdle(seconds: number): void;
  /** Whole seconds that closing may wait for the other side; undefined: it does not. */
  linger: number | undefined;
  /** How many routers a packet may pass. */
  ttl: number;
  /** Takes the socket out of this thread. Undefined where it cannot leave. */
  detach(): number | undefined;
  /** Undoes {@linkcode detach} on the thread that did it. */
  attach(fd: number): void;
}
