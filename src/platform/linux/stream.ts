/**
 * A TCP connection of the Linux reactor: system calls on a descriptor that does not block.
 *
 * @module
 */

import { READABLE, WRITABLE } from "../../../assembly/shared/verdicts.ts";
import type { Endpoint, StreamBackend, WouldBlock } from "../../net/backend.ts";
import {
  AF_INET6,
  ENOTCONN,
  EPOLLET,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_UNICAST_HOPS,
  MSG_NOSIGNAL,
  MSG_PEEK,
  SHUT_WR,
  SO_KEEPALIVE,
  SO_LINGER,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from "./libc.ts";
import type { LinuxReactor } from "./reactor.ts";
import { LinuxSocket } from "./socket.ts";

const INTEREST = EPOLLIN + EPOLLOUT + EPOLLRDHUP + EPOLLET;

export class LinuxStream extends LinuxSocket implements StreamBackend {
  protected readonly noun = "stream";
  #peer: Endpoint | undefined;
  /** Where `connect` was asked to go, until it has got there. */
  #goal: Endpoint | undefined;

  /**
   * @param peer The other side, if it is known already.
   * @param goal Where a connection is being made to, if it is.
   */
  constructor(reactor: LinuxReactor, fd: number, peer?: Endpoint, goal?: Endpoint) {
    super(reactor, fd);
    this.#peer = peer;
    this.#goal = goal;
    // What can be read is not known. What can be written is, once there is a connection; and the
    // reactor tells both soon, because edges count from the moment of watching.
    this.clear(goal === undefined ? READABLE : READABLE | WRITABLE);
    this.#watch();
  }

  get about(): Endpoint | undefined {
    return this.#peer ?? this.#goal;
  }

  tryEstablish(): boolean {
    if (this.#goal === undefined) return true;
    const errno = this.takeError();
    if (errno !== 0) throw this.failure("connect", errno);
    this.#peer = this.peer();
    if (this.#peer === undefined) {
      this.clear(WRITABLE);
      return false;
    }
    this.#goal = undefined;
    return true;
  }

  tryRead(buffer: Uint8Array): number | WouldBlock {
    const wanted = buffer.length;
    const count = this.libc.recv(this.fd, buffer, wanted, 0);
    // A short read has emptied the socket: the next one need not be tried before there is news.
    // Should the end have come as well, its own bit says so and stays.
    if (count > 0 && count < wanted) this.clear(READABLE);
    if (count < 0) return this.wouldBlock(READABLE, "read");
    this.thread.countRead(count);
    return count;
  }

  tryPeek(buffer: Uint8Array): number | WouldBlock {
    const count = this.libc.recv(this.fd, buffer, buffer.length, MSG_PEEK);
    return count >= 0 ? count : this.wouldBlock(READABLE, "read");
  }

  tryWrite(bytes: Uint8Array): number | WouldBlock {
    const wanted = bytes.length;
    const count = this.libc.send(this.fd, bytes, wanted, MSG_NOSIGNAL);
    // A short write has filled the socket's buffer, and the kernel will say when there is room.
    if (count > 0 && count < wanted) this.clear(WRITABLE);
    if (count < 0) return this.wouldBlock(WRITABLE, "write");
    this.thread.countWrite(count);
    return count;
  }

  tryShutdown(): boolean {
    if (this.libc.shutdown(this.fd, SHUT_WR) < 0) {
      const errno = this.libc.errno();
      // The connection has ended already: so has its direction of writing.
      if (errno !== ENOTCONN) throw this.failure("shutdown", errno);
    }
    return true;
  }

  peerEndpoint(): Endpoint {
    this.#peer ??= this.peer();
    if (this.#peer === undefined) throw this.failure("getpeername", ENOTCONN);
    return this.#peer;
  }

  get nodelay(): boolean {
    return this.option(IPPROTO_TCP, TCP_NODELAY) !== 0;
  }
  set nodelay(on: boolean) {
    this.setOption(IPPROTO_TCP, TCP_NODELAY, on ? 1 : 0);
  }

  get keepalive(): boolean {
    return this.option(SOL_SOCKET, SO_KEEPALIVE) !== 0;
  }
  set keepalive(on: boolean) {
    this.setOption(SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
  }

  setKeepaliveIdle(seconds: number): void {
    this.setOption(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  }

  get linger(): number | undefined {
    const on = this.option(SOL_SOCKET, SO_LINGER) !== 0;
    return on ? this.reactor.value[1] : undefined;
  }
  set linger(seconds: number | undefined) {
    this.setOption(SOL_SOCKET, SO_LINGER, seconds === undefined ? 0 : 1, seconds ?? 0);
  }

  get ttl(): number {
    return this.option(...this.#ttlOption());
  }
  set ttl(hops: number) {
    this.setOption(...this.#ttlOption(), hops);
  }

  detach(): number {
    const { fd } = this;
    this.reactor.unwatchSocket(fd);
    this.leave("the stream was moved to another task");
    this.fd = -1;
    return fd;
  }

  attach(fd: number): void {
    this.fd = fd;
    this.slot = this.reactor.add(this);
    this.gone = "";
    this.clear(READABLE);
    this.#watch();
  }

  #watch(): void {
    try {
      this.reactor.watchSocket(this.fd, this.slot, INTEREST);
    } catch (reason) {
      this.close();
      throw reason;
    }
  }

  /** The two families have an option each. */
  #ttlOption(): [level: number, name: number] {
    this.localEndpoint();
    const isIpv6 = this.reactor.address.family === AF_INET6;
    return isIpv6 ? [IPPROTO_IPV6, IPV6_UNICAST_HOPS] : [IPPROTO_IP, IP_TTL];
  }
}
