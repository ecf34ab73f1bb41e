/**
 * The system calls on guests' sockets. They are made on whichever thread runs the task, straight
 * into and out of the guest's memory, and never wait.
 *
 * A result below 0 is the system's error number, negative. Nothing is called between a system call
 * that opens a descriptor, or closes one, and the return to the core: a thread that is ended ends
 * where a function begins, and the core must know.
 *
 * @module
 */

import { getSystemErrorName } from "node:util";
import type { Thread } from "../../core/thread.ts";
import { NetError } from "../../error/net-error.ts";
import type { Endpoint, GuestSocketCalls } from "../../net/backend.ts";
import { GuestReactor } from "./guest-reactor.ts";
import {
  ECONNABORTED,
  EINPROGRESS,
  EINTR,
  ENOTCONN,
  EPOLLET,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  IPPROTO_TCP,
  type Libc,
  libc,
  MSG_NOSIGNAL,
  MSG_PEEK,
  SHUT_WR,
  SO_ERROR,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from "./libc.ts";
import { SockAddr } from "./sockaddr.ts";

const INTEREST = EPOLLIN + EPOLLOUT + EPOLLRDHUP + EPOLLET;
/** As in `TcpListener` of the host. */
const BACKLOG = 1024;
/** Connections that ended before they were accepted, passed over in one call at most. */
const ABORTED_MAX = 16;

export class GuestSockets implements GuestSocketCalls {
  readonly #thread: Thread;
  readonly #libc: Libc;
  /** Where the memory begins: it is shared, and never moves. */
  readonly #base: number;
  readonly #address: SockAddr;
  readonly #value = new Int32Array(1);
  readonly #valueSize = new Uint32Array(1);

  /** @throws {Error} If this is not Linux, or koffi is not there. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#libc = libc();
    this.#base = this.#libc.addressOf(thread.bytes);
    this.#address = new SockAddr(this.#libc);
  }

  open(at: Endpoint): number {
    const refused = this.#openReactor();
    if (refused < 0) return refused;
    const { family } = this.#address.set(at);
    const fd = this.#libc.socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd >= 0 ? fd : this.#error();
  }

  listen(fd: number, at: Endpoint): number {
    this.#value[0] = 1;
    if (this.#libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, this.#value, 4) < 0) {
      return this.#error();
    }
    const { bytes, size } = this.#address.set(at);
    if (this.#libc.bind(fd, bytes, size[0] as number) < 0) return this.#error();
    return this.#libc.listen(fd, BACKLOG) < 0 ? this.#error() : 0;
  }

  connect(fd: number, to: Endpoint): number {
    const { bytes, size } = this.#address.set(to);
    if (this.#libc.connect(fd, bytes, size[0] as number) >= 0) return 0;
    const error = this.#error();
    return error === -EINPROGRESS ? 0 : error;
  }

  watch(fd: number, address: number, generation: number): number {
    const refused = this.#openReactor();
    if (refused < 0) return refused;
    const reactor = this.#thread.guestReactor as GuestReactor;
    return -reactor.add(fd, INTEREST, address, generation);
  }

  accept(listener: number): number {
    const { bytes, size } = this.#address;
    for (let aborted = 0; ; aborted++) {
      this.#address.clear();
      const fd = this.#libc.accept4(listener, bytes, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) return fd;
      const error = this.#error();
      const isOver = error !== -ECONNABORTED && error !== -EINTR;
      if (isOver || aborted === ABORTED_MAX) return error;
    }
  }

  receive(fd: number, at: number, bytes: number, peeks: number): number {
    for (;;) {
      const count = this.#libc.recvAt(fd, this.#base + at, bytes, peeks === 0 ? 0 : MSG_PEEK);
      if (count >= 0) return count;
      const error = this.#error();
      if (error !== -EINTR) return error;
    }
  }

  send(fd: number, at: number, bytes: number): number {
    for (;;) {
      const count = this.#libc.sendAt(fd, this.#base + at, bytes, MSG_NOSIGNAL);
      if (count >= 0) return count;
      const error = this.#error();
      if (error !== -EINTR) return error;
    }
  }

  shutdown(fd: number): number {
    if (this.#libc.shutdown(fd, SHUT_WR) >= 0) return 0;
    const error = this.#error();
    // The connection has ended already: so has its direction of writing.
    return error === -ENOTCONN ? 0 : error;
  }

  takeError(fd: number): number {
    return this.#option(fd, SOL_SOCKET, SO_ERROR);
  }

  nodelay(fd: number, value: number): number {
    if (value < 0) return this.#option(fd, IPPROTO_TCP, TCP_NODELAY);
    this.#value[0] = value;
    const result = this.#libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, this.#value, 4);
    return result < 0 ? this.#error() : 0;
  }

  /** Where it is, or where its other side is. */
  endpoint(fd: number, ofPeer: boolean): Endpoint | number {
    const { bytes, size } = this.#address.clear();
    const call = ofPeer ? this.#libc.getpeername : this.#libc.getsockname;
    return call(fd, bytes, size) < 0 ? this.#error() : this.#address.get();
  }

  close(fd: number): void {
    this.#libc.close(fd);
  }

  #option(fd: number, level: number, name: number): number {
    this.#valueSize[0] = this.#value.byteLength;
    const result = this.#libc.getsockopt(fd, level, name, this.#value, this.#valueSize);
    return result < 0 ? this.#error() : (this.#value[0] as number);
  }

  /** Opened when this thread first needs it: it may have slept since another one did. */
  #openReactor(): number {
    try {
      this.#thread.guestReactor ??= new GuestReactor(this.#thread);
      return 0;
    } catch (error) {
      if (error instanceof NetError) return error.errno;
      throw error;
    }
  }

  #error(): number {
    return -this.#libc.errno();
  }
}

/** The system's name for an error. */
export function errorNameOf(errno: number): string {
  return getSystemErrorName(-errno);
}
