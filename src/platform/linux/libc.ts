/**
 * The C library, as far as sockets need it: one typed table of functions.
 *
 * Buffers are passed as typed arrays: what is called gets the address of their bytes. Every call is
 * made on the calling thread and none of them waits, except `epollWait`, which is meant to.
 *
 * *Why `recv` and `send`, not `read` and `write`*: they spare the kernel what only files need,
 * 35 ns a call.
 *
 * @module
 */

import { constants } from "node:os";
import { ffi } from "#ffi";
import type { Bytes } from "./ffi.ts";

/** Functions return -1 on failure; {@linkcode Libc.errno} then tells why. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Bytes, size: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: Bytes, size: Bytes, flags: number): number;
  connect(fd: number, address: Bytes, size: number): number;
  getsockname(fd: number, address: Bytes, size: Bytes): number;
  getpeername(fd: number, address: Bytes, size: Bytes): number;
  getsockopt(fd: number, level: number, name: number, value: Bytes, size: Bytes): number;
  setsockopt(fd: number, level: number, name: number, value: Bytes, size: number): number;
  write(fd: number, bytes: Bytes, size: number): number;
  recv(fd: number, buffer: Bytes, size: number, flags: number): number;
  send(fd: number, bytes: Bytes, size: number, flags: number): number;
  /** The same, with a number for the address: see {@linkcode Libc.addressOf}. */
  recvAt(fd: number, buffer: number, size: number, flags: number): number;
  sendAt(fd: number, bytes: number, size: number, flags: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  eventfd(initial: number, flags: number): number;
  epollCreate(flags: number): number;
  epollCtl(pollFd: number, operation: number, fd: number, event: Bytes | null): number;
  epollWait(pollFd: number, events: Bytes, max: number, timeoutMs: number): number;
  /** The system call of this number, on the word at an address: see `futex.ts`. */
  futexWait(
    number: number,
    address: number,
    operation: number,
    expected: number,
    timeout: Bytes,
  ): number;
  futexWake(number: number, address: number, operation: number, count: number): number;
  /** Texts end with a zero. */
  inetPton(family: number, text: Bytes, address: Bytes): number;
  inetNtop(family: number, address: Bytes, text: Bytes, size: number): void;
  ifNameToIndex(name: Bytes): number;
  /** Why the last call of this thread failed. */
  errno(): number;
  /** Where the bytes of a view are, for as long as they stay there: always, if they are shared. */
  addressOf(bytes: Bytes): number;
}

export const { EAGAIN, ECONNABORTED, EEXIST, EINPROGRESS, EINTR, ENOENT, ENOTCONN } =
  constants.errno;

// Linux on x86, ARM and RISC-V; MIPS and SPARC number some of these differently.
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_REUSEPORT = 15;
export const IPPROTO_IP = 0;
export const IP_TTL = 2;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const IPPROTO_IPV6 = 41;
export const IPV6_UNICAST_HOPS = 16;
export const MSG_PEEK = 2;
export const MSG_NOSIGNAL = 0x4000;
export const SHUT_WR = 1;
export const F_DUPFD_CLOEXEC = 1030;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;
export const EPOLLIN = 0x001;
export const EPOLLOUT = 0x004;
export const EPOLLRDHUP = 0x2000;
export const EPOLLEXCLUSIVE = 2 ** 28;
export const EPOLLONESHOT = 2 ** 30;
export const EPOLLET = 2 ** 31;
/** Where the numbers above hold. */
const ARCHITECTURES = ["x64", "arm64", "ia32", "arm", "riscv64", "loong64"];

/** C's `struct epoll_event`, in bytes: Intel's leaves no gap before the eight bytes of data. */
const hasNoGap = process.arch === "x64" || process.arch === "ia32";
export const EVENT_STRIDE = hasNoGap ? 12 : 16;
export const EVENT_DATA = hasNoGap ? 4 : 8;

let loaded: Libc | undefined;

/**
 * The table of this thread, made when it is first asked for.
 *
 * @throws {Error} If this is not Linux, or the platform cannot call it here.
 */
export function libc(): Libc {
  loaded ??= loadLibc();
  return loaded;
}

function loadLibc(): Libc {
  if (process.platform !== "linux" || !ARCHITECTURES.includes(process.arch)) {
    throw new Error(`Cannot load libc: this is ${process.platform} on ${process.arch}`);
  }
  const library = ffi.open();
  const c = library.bind;
  // A literal: with computed names it would be a dictionary, to be searched at every call.
  return {
    socket: c("socket", "int", "int", "int"),
    bind: c("bind", "int", "bytes", "unsigned"),
    listen: c("listen", "int", "int"),
    accept4: c("accept4", "int", "bytes", "bytes", "int"),
    connect: c("connect", "int", "bytes", "unsigned"),
    getsockname: c("getsockname", "int", "bytes", "bytes"),
    getpeername: c("getpeername", "int", "bytes", "bytes"),
    getsockopt: c("getsockopt", "int", "int", "int", "bytes", "bytes"),
    setsockopt: c("setsockopt", "int", "int", "int", "bytes", "unsigned"),
    write: c("write", "int", "bytes", "size"),
    recv: c("recv", "int", "bytes", "size", "int"),
    send: c("send", "int", "bytes", "size", "int"),
    recvAt: c("recv", "int", "address", "size", "int"),
    sendAt: c("send", "int", "address", "size", "int"),
    shutdown: c("shutdown", "int", "int"),
    close: c("close", "int"),
    fcntl: c("fcntl", "int", "int", "int"),
    eventfd: c("eventfd", "unsigned", "int"),
    epollCreate: c("epoll_create1", "int"),
    epollCtl: c("epoll_ctl", "int", "int", "int", "bytes"),
    epollWait: c("epoll_wait", "int", "bytes", "int", "int"),
    futexWait: c("syscall", "size", "address", "int", "unsigned", "bytes"),
    futexWake: c("syscall", "size", "address", "int", "int"),
    inetPton: c("inet_pton", "int", "bytes", "bytes"),
    inetNtop: c("inet_ntop", "int", "bytes", "bytes", "unsigned"),
    ifNameToIndex: c("if_nametoindex", "bytes"),
    errno: library.errno,
    addressOf: library.addressOf,
  };
}
