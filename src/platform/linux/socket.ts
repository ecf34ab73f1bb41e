/**
 * What listeners and streams of the Linux reactor share: a descriptor and its readiness.
 *
 * @module
 */

import { clearReadiness } from "../../core/readiness.ts";
import type { Thread } from "../../core/thread.ts";
import type { NetError } from "../../error/net-error.ts";
import type { Endpoint, SocketBackend, WouldBlock } from "../../net/backend.ts";
import { errorOf } from "../error-owner.ts";
import { netError } from "../net-error.ts";
import { EAGAIN, EINTR, ENOTCONN, type Libc, SO_ERROR, SOL_SOCKET } from "./libc.ts";
import type { LinuxReactor } from "./reactor.ts";

export const WOULD_BLOCK: WouldBlock = -1;

export abstract class LinuxSocket implements SocketBackend {
  readonly thread: Thread;
  slot: number;
  gone = "";
  fd: number;
  protected readonly reactor: LinuxReactor;
  protected readonly libc: Libc;

  /** Takes `fd` over. */
  constructor(reactor: LinuxReactor, fd: number) {
    this.thread = reactor.thread;
    this.reactor = reactor;
    this.libc = reactor.libc;
    this.fd = fd;
    this.slot = reactor.add(this);
  }

  abstract tryEstablish(): boolean;
  protected abstract readonly noun: string;
  abstract readonly about: Endpoint | undefined;

  localEndpoint(): Endpoint {
    const address = this.reactor.address.clear();
    if (this.libc.getsockname(this.fd, address.bytes, address.size) < 0) {
      throw netError("getsockname", this.libc.errno());
    }
    return address.get();
  }

  close(gone = `the ${this.noun} is closed`): void {
    if (this.slot === 0) return;
    this.leave(gone);
    this.libc.close(this.fd);
    this.fd = -1;
  }

  /** Forgets the readiness, so that all who wait are woken to hear why. */
  protected leave(gone: string): void {
    this.gone = gone;
    const { slot } = this;
    this.slot = 0;
    this.reactor.remove(this, slot);
  }

  /** A call said that it would have to wait: so `bits` do not hold. */
  protected clear(bits: number): void {
    clearReadiness(this.thread, this.slot, bits);
  }

  /** After a call that failed: was it only too early? Throws what it was otherwise. */
  protected wouldBlock(bits: number, syscall: string): WouldBlock {
    const errno = this.libc.errno();
    if (errno === EAGAIN) this.clear(bits);
    else if (errno !== EINTR) throw this.failure(syscall, errno);
    return WOULD_BLOCK;
  }

  /** The error of a call that failed: whose it is, and with whom. */
  protected failure(syscall: string, errno = this.libc.errno()): NetError {
    return errorOf(this, netError(syscall, errno, this.about));
  }

  protected option(level: number, name: number): number {
    const [value, size] = [this.reactor.value, this.reactor.valueSize];
    size[0] = value.byteLength;
    this.check(this.libc.getsockopt(this.fd, level, name, value, size), "getsockopt");
    return value[0] as number;
  }

  protected setOption(level: number, name: number, first: number, second?: number): void {
    const { value } = this.reactor;
    value[0] = first;
    value[1] = second ?? 0;
    const bytes = second === undefined ? 4 : 8;
    this.check(this.libc.setsockopt(this.fd, level, name, value, bytes), "setsockopt");
  }

  /** What went wrong since somebody last asked; 0 for nothing. */
  protected takeError(): number {
    return this.option(SOL_SOCKET, SO_ERROR);
  }

  /** The other side's address; undefined before there is one. */
  protected peer(): Endpoint | undefined {
    const address = this.reactor.address.clear();
    if (this.libc.getpeername(this.fd, address.bytes, address.size) >= 0) return address.get();
    const errno = this.libc.errno();
    if (errno === ENOTCONN) return undefined;
    throw netError("getpeername", errno);
  }

  protected check(result: number, syscall: string): void {
    if (result < 0) throw this.failure(syscall);
  }
}
