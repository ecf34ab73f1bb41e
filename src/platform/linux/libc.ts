/**
 * The C library, as far as sockets need it: one typed table of functions.
 *
 * Buffers are passed as typed arrays; koffi hands over where their bytes are. Every call is made on
 * the calling thread and none of them waits, except `epollWait`, which is meant to.
 *
 * *Why `recv` and `send`, not `read` and `write`*: they spare the kernel what only files need,
 * 35 ns a call.
 *
 * *Why errno is read by a second call*: koffi has no way to return it with the result. Nothing runs
 * in between that sets it: the engine's own system calls report errors without it, or do not fail.
 *
 * @module
 */

import { createRequire } from "node:module";
import { constants } from "node:os";

/** What the functions take as an address: the bytes of a view. */
export type Bytes = Uint8Array | Uint16Array | Int32Array | Uint32Array | BigUint64Array;

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
  inetPton(family: number, text: string, address: Bytes): number;
  inetNtop(family: number, address: Bytes, text: Bytes, size: number): string | null;
  ifNameToIndex(name: string): number;
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

/** The little of koffi that is used here. */
interface Koffi {
  load(path: string | null): { func(declaration: string): (...values: unknown[]) => never };
  errno(): number;
  address(view: Bytes): bigint;
}

let loaded: Libc | undefined;

/**
 * The table of this thread, made when it is first asked for.
 *
 * @throws {Error} If this is not Linux, or koffi is not installed or cannot run here.
 */
export function libc(): Libc {
  loaded ??= loadLibc();
  return loaded;
}

function loadLibc(): Libc {
  if (process.platform !== "linux" || !ARCHITECTURES.includes(process.arch)) {
    throw new Error(`Cannot load libc: this is ${process.platform} on ${process.arch}`);
  }
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  // The process itself: it has the C library in it, whichever that is and whatever it is called.
  const library = koffi.load(null);
  const c = (declaration: string) => library.func(declaration);
  // A literal: with computed names it would be a dictionary, to be searched at every call.
  return {
    socket: c("int socket(int, int, int)"),
    bind: c("int bind(int, void *, unsigned int)"),
    listen: c("int listen(int, int)"),
    accept4: c("int accept4(int, void *, void *, int)"),
    connect: c("int connect(int, void *, unsigned int)"),
    getsockname: c("int getsockname(int, void *, void *)"),
    getpeername: c("int getpeername(int, void *, void *)"),
    getsockopt: c("int getsockopt(int, int, int, void *, void *)"),
    setsockopt: c("int setsockopt(int, int, int, void *, unsigned int)"),
    write: c("long write(int, void *, size_t)"),
    recv: c("long recv(int, void *, size_t, int)"),
    send: c("long send(int, void *, size_t, int)"),
    recvAt: c("long recv(int, uintptr_t, size_t, int)"),
    sendAt: c("long send(int, uintptr_t, size_t, int)"),
    shutdown: c("int shutdown(int, int)"),
    close: c("int close(int)"),
    fcntl: c("int fcntl(int, int, int)"),
    eventfd: c("int eventfd(unsigned int, int)"),
    epollCreate: c("int epoll_create1(int)"),
    epollCtl: c("int epoll_ctl(int, int, int, void *)"),
    epollWait: c("int epoll_wait(int, void *, int, int)"),
    futexWait: c("long syscall(long, uintptr_t, int, unsigned int, void *)"),
    futexWake: c("long syscall(long, uintptr_t, int, int)"),
    inetPton: c("int inet_pton(int, const char *, void *)"),
    inetNtop: c("const char *inet_ntop(int, void *, void *, unsigned int)"),
    ifNameToIndex: c("unsigned int if_nametoindex(const char *)"),
    errno: koffi.errno,
    addressOf: (bytes) => Number(koffi.address(bytes)),
  };
}
