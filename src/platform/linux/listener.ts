/**
 * A TCP listener of the Linux reactor.
 *
 * It is watched only once somebody waits for a connection, so that a thread which merely keeps a
 * listener that others serve is not woken by every connection of theirs.
 *
 * *Why edge-triggered, shared listeners too*: a level would keep `epoll_wait` from sleeping for as
 * long as nobody accepts, such as after EMFILE. What an edge asks is done anyway: accept until the
 * system says that there is nothing, and try again after a failure.
 *
 * @module
 */

import { READABLE } from "../../../assembly/shared/verdicts.ts";
import type { Endpoint, ListenerBackend, StreamBackend } from "../../net/backend.ts";
import {
  ECONNABORTED,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  F_DUPFD_CLOEXEC,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
} from "./libc.ts";
import type { LinuxReactor } from "./reactor.ts";
import { LinuxSocket } from "./socket.ts";
import { LinuxStream } from "./stream.ts";

/** Connections that ended before they were accepted, passed over in one call at most. */
const ABORTED_MAX = 16;

export class LinuxListener extends LinuxSocket implements ListenerBackend {
  protected readonly noun = "listener";
  #watched = false;
  /** True if other threads accept on the same socket: then a connection wakes just one. */
  #shared: boolean;

  constructor(reactor: LinuxReactor, fd: number, shared: boolean) {
    super(reactor, fd);
    this.#shared = shared;
  }

  get about(): Endpoint {
    return this.localEndpoint();
  }

  tryEstablish(): boolean {
    return true;
  }

  tryAccept(): StreamBackend | undefined {
    const { bytes, size } = this.reactor.address;
    for (let aborted = 0; aborted < ABORTED_MAX; aborted++) {
      this.reactor.address.clear();
      const fd = this.libc.accept4(this.fd, bytes, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) return new LinuxStream(this.reactor, fd, this.reactor.address.get());
      const errno = this.libc.errno();
      if (errno === ECONNABORTED) continue;
      // Readiness stays up after EMFILE and its like, so that the next accept tries again.
      this.wouldBlock(READABLE, "accept");
      if (!this.#watched) this.#watch();
      break;
    }
    return undefined;
  }

  duplicate(): number {
    const fd = this.libc.fcntl(this.fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) throw this.failure("fcntl");
    this.#shared = true;
    return fd;
  }

  override close(gone?: string): void {
    // Copies of the descriptor would keep the watching alive.
    if (this.slot !== 0 && this.#watched) this.reactor.unwatchSocket(this.fd);
    super.close(gone);
  }

  /** A connection that came before is reported as an edge, too. */
  #watch(): void {
    const exclusive = this.#shared ? EPOLLEXCLUSIVE : 0;
    this.reactor.watchSocket(this.fd, this.slot, EPOLLIN + EPOLLET + exclusive);
    this.#watched = true;
  }
}
