/**
 * The Linux reactor: one epoll instance and one event descriptor for each thread.
 *
 * Sockets are watched edge-triggered, for everything, from birth to death. What `epoll_wait` writes
 * goes to the core in one piece; the core finds the sockets by what stands in the events' data.
 *
 * @module
 */

import { IO_GENERATION, WORKER_EVENT_FD, WORKER_POLL_FD } from "../../../assembly/shared/layout.ts";
import type { Thread } from "../../core/thread.ts";
import { ClosedError } from "../../error/closed.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import type { ConnectSettings, Endpoint, ListenSettings, NetBackend } from "../../net/backend.ts";
import { netError } from "../net-error.ts";
import {
  EINPROGRESS,
  EINTR,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLLET,
  EPOLLIN,
  EVENT_DATA,
  EVENT_STRIDE,
  type Libc,
  libc,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "./libc.ts";
import { LinuxListener } from "./listener.ts";
import { SockAddr } from "./sockaddr.ts";
import type { LinuxSocket } from "./socket.ts";
import { LinuxStream } from "./stream.ts";
import { prepareWatch, watchLoop } from "./watch.ts";

/** What `epoll_wait` takes at most, in milliseconds. */
const TIMEOUT_MAX_MS = 0x7fffffff;

/** What is written to an event descriptor: the number one, in eight bytes. */
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

export class LinuxReactor implements NetBackend {
  readonly name = "linux";
  readonly canSleep = true;
  readonly thread: Thread;
  readonly libc: Libc;
  readonly pollFd: number;
  readonly wakeHandle: number;
  /** Where system calls of this thread leave addresses and the values of options. */
  readonly address: SockAddr;
  readonly value = new Int32Array(2);
  readonly valueSize = new Uint32Array(1);
  /** A block of shared memory, and the view of it that is handed to `epoll_wait`. */
  readonly #events: number;
  readonly #eventsView: Uint8Array;
  /** One `struct epoll_event`, for `epoll_ctl`. */
  readonly #event = new Uint32Array(EVENT_STRIDE / 4);
  readonly #eventsMax: number;
  readonly #sockets = new Set<LinuxSocket>();
  #isOpen = true;

  constructor(thread: Thread) {
    this.thread = thread;
    this.libc = libc();
    this.address = new SockAddr(this.libc);
    prepareWatch(thread);
    this.#eventsMax = thread.identity.maxIoEventsPerTick;
    const bytes = this.#eventsMax * EVENT_STRIDE;
    this.#events = thread.core.allocate(bytes);
    if (this.#events === 0) throw new OutOfMemoryError("open reactor");
    thread.keepBlock(this.#events);
    this.#eventsView = thread.bytes.subarray(this.#events, this.#events + bytes);
    this.pollFd = this.libc.epollCreate(SOCK_CLOEXEC);
    if (this.pollFd < 0) throw netError("epoll_create1", this.libc.errno());
    thread.i32[(thread.worker + WORKER_POLL_FD) >> 2] = this.pollFd;
    this.wakeHandle = wakeHandleOf(thread);
    // Each write to it is an edge, whether or not the ones before were read: so nobody reads it.
    this.watchSocket(this.wakeHandle, 0, EPOLLIN + EPOLLET);
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  poll(timeoutMs: number): void {
    if (!this.#isOpen) return;
    const timeout = timeoutMs < 0 ? -1 : Math.min(Math.ceil(timeoutMs), TIMEOUT_MAX_MS);
    const count = this.libc.epollWait(this.pollFd, this.#eventsView, this.#eventsMax, timeout);
    if (count > 0) this.thread.core.ioEvents(this.#events, count, EVENT_STRIDE, EVENT_DATA);
    else if (count < 0) {
      const errno = this.libc.errno();
      if (errno !== EINTR) throw netError("epoll_wait", errno);
    }
  }

  watch(): void {
    // The watcher is being started: until then the loop has to look for itself.
    if (!watchLoop(this.thread, this.pollFd)) this.thread.driver.kick();
  }

  /**
   * Closes all sockets. The event descriptor stays in the worker struct, for the next thread of
   * that index, and is closed with the runtime: a late wake must not write into whatever has its
   * number by then.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const socket of [...this.#sockets]) socket.close("the runtime is shut down");
    this.libc.close(this.pollFd);
    this.thread.i32[(this.thread.worker + WORKER_POLL_FD) >> 2] = -1;
    this.thread.core.release(this.#events);
  }

  listen(at: Endpoint, settings: ListenSettings): LinuxListener {
    const fd = this.#socket(at, "listen");
    try {
      if (settings.reuseAddress) this.#enable(fd, SO_REUSEADDR);
      if (settings.reusePort) this.#enable(fd, SO_REUSEPORT);
      this.#bind(fd, at, "listen");
      if (this.libc.listen(fd, settings.backlog) < 0) {
        throw netError("listen", this.libc.errno(), at);
      }
    } catch (reason) {
      this.libc.close(fd);
      throw reason;
    }
    return new LinuxListener(this, fd, false);
  }

  connect(to: Endpoint, settings: ConnectSettings): LinuxStream {
    const fd = this.#socket(to, "connect");
    try {
      if (settings.from !== undefined) this.#bind(fd, settings.from, "bind");
      const { bytes, size } = this.address.set(to);
      if (this.libc.connect(fd, bytes, size[0] as number) < 0) {
        const errno = this.libc.errno();
        if (errno !== EINPROGRESS) throw netError("connect", errno, to);
      }
    } catch (reason) {
      this.libc.close(fd);
      throw reason;
    }
    return new LinuxStream(this, fd, undefined, to);
  }

  adoptStream(fd: number, peer: Endpoint | undefined): LinuxStream {
    return new LinuxStream(this, fd, peer);
  }

  adoptListener(fd: number): LinuxListener {
    return new LinuxListener(this, fd, true);
  }

  /** Gives a socket its place in the core; from here on it is counted, and closed at the end. */
  add(socket: LinuxSocket): number {
    const slot = this.#isOpen ? this.thread.core.ioRegister(socket.fd) : 0;
    if (slot === 0) {
      this.libc.close(socket.fd);
      if (!this.#isOpen) throw new ClosedError("Cannot open socket: the runtime is shut down");
      throw new OutOfMemoryError("open socket");
    }
    this.#sockets.add(socket);
    return slot;
  }

  remove(socket: LinuxSocket, slot: number): void {
    this.#sockets.delete(socket);
    this.thread.core.ioDeregister(slot);
    this.thread.driver.kick();
  }

  /** @throws {NetError} ENOSPC or ENOMEM if the system watches too much already. */
  watchSocket(fd: number, slot: number, interest: number): void {
    const event = this.#event;
    const data = EVENT_DATA / 4;
    event[0] = interest;
    event[data] = slot;
    event[data + 1] = slot === 0 ? 0 : (this.thread.u32[(slot + IO_GENERATION) >> 2] as number);
    if (this.libc.epollCtl(this.pollFd, EPOLL_CTL_ADD, fd, event) < 0) {
      throw netError("epoll_ctl", this.libc.errno());
    }
  }

  unwatchSocket(fd: number): void {
    this.libc.epollCtl(this.pollFd, EPOLL_CTL_DEL, fd, null);
  }

  #socket(at: Endpoint, action: string): number {
    const { family } = this.address.set(at);
    const fd = this.libc.socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw netError(action, this.libc.errno(), at);
    return fd;
  }

  #bind(fd: number, at: Endpoint, action: string): void {
    const { bytes, size } = this.address.set(at);
    if (this.libc.bind(fd, bytes, size[0] as number) >= 0) return;
    throw netError(action, this.libc.errno(), at);
  }

  #enable(fd: number, option: number): void {
    this.value[0] = 1;
    if (this.libc.setsockopt(fd, SOL_SOCKET, option, this.value, 4) >= 0) return;
    throw netError("setsockopt", this.libc.errno());
  }
}

/** What other threads write to, to wake this one: see {@linkcode LinuxReactor.close}. */
export function wakeHandleOf(thread: Thread): number {
  const place = (thread.worker + WORKER_EVENT_FD) >> 2;
  const inherited = thread.i32[place] as number;
  if (inherited >= 0) return inherited;
  const fd = libc().eventfd(0, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) throw netError("eventfd", libc().errno());
  thread.i32[place] = fd;
  return fd;
}

/** Wakes the thread that sleeps on `eventFd`. Any thread. */
export function wakeEventFd(eventFd: number): void {
  libc().write(eventFd, ONE, ONE.length);
}

/** Closes a descriptor that nobody else will. */
export function closeFd(fd: number): void {
  libc().close(fd);
}
