/**
 * What the core asks of a thread for the sockets of guests.
 *
 * On Linux every thread makes system calls on all of them. Elsewhere guests have no sockets: a
 * socket of `node:net` belongs to one thread, and a guest's task to none.
 *
 * @module
 */

import { ERROR_ADDRESS, ERROR_UNSUPPORTED } from "../../assembly/shared/verdicts.ts";
import { guestPollFd, runsGuests } from "../core/guest-poll.ts";
import type { SocketImports } from "../core/load.ts";
import type { SharedReactor, Thread } from "../core/thread.ts";
import { NetError } from "../error/net-error.ts";
import type { Endpoint, GuestSocketCalls } from "./backend.ts";
import { hasDescriptors, socketsFor } from "./reactor.ts";
import { SocketAddr } from "./socket-addr.ts";

/** More than any address has, its zone included. */
const ADDRESS_UNITS_MAX = 128;

/** What the core of a thread asks for on behalf of guests. */
export function guestSocketImports(thread: Thread): SocketImports {
  let calls: GuestSocketCalls;

  /** Calls `body` with an address that stands in the memory as text. */
  function withAddress(at: number, units: number, body: (endpoint: Endpoint) => number): number {
    if (!thread.identity.ioEnabled || !hasDescriptors()) return -ERROR_UNSUPPORTED;
    open();
    const endpoint = units > ADDRESS_UNITS_MAX ? undefined : parse(textAt(thread, at, units));
    return endpoint === undefined ? -ERROR_ADDRESS : body(endpoint);
  }

  // A worker that has opened none is asked to use, or to close, what another one has opened.
  const open = () => (calls ??= socketsFor("sockets").openGuestSockets(thread));
  return {
    openSocket: (at, units) => withAddress(at, units, (endpoint) => calls.open(endpoint)),
    listenSocket: (fd, at, units) => withAddress(at, units, (to) => calls.listen(fd, to)),
    connectSocket: (fd, at, units) => withAddress(at, units, (to) => calls.connect(fd, to)),
    watchSocket: (fd, address, generation) => open().watch(fd, address, generation),
    acceptSocket: (fd) => open().accept(fd),
    receiveSocket: (fd, at, bytes, peeks) => open().receive(fd, at, bytes, peeks),
    sendSocket: (fd, at, bytes) => open().send(fd, at, bytes),
    shutdownSocket: (fd) => open().shutdown(fd),
    takeSocketError: (fd) => open().takeError(fd),
    socketNodelay: (fd, value) => open().nodelay(fd, value),
    socketAddress: (fd, ofPeer, at) => {
      const endpoint = open().endpoint(fd, ofPeer !== 0);
      if (typeof endpoint === "number") return endpoint;
      return write(thread, at, `${new SocketAddr(endpoint.address, endpoint.port)}`);
    },
    socketErrorName: (error, at) => write(thread, at, socketsFor("sockets").errorNameOf(error)),
    closeSocket: (fd) => open().close(fd),
  };
}

/**
 * The reactor of guests' sockets, once there are any, for a thread that runs guests. Undefined too
 * while descriptors have run out: another thread has it by then.
 */
export function guestReactorOf(thread: Thread): SharedReactor | undefined {
  if (thread.guestReactor !== undefined || guestPollFd(thread) < 0) return thread.guestReactor;
  if (!runsGuests(thread)) return undefined;
  try {
    thread.guestReactor = socketsFor("sockets").openGuestReactor(thread);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
  }
  return thread.guestReactor;
}

function parse(text: string): Endpoint | undefined {
  try {
    return SocketAddr.parse(text);
  } catch {
    return undefined;
  }
}

function textAt({ bytes }: Thread, at: number, units: number): string {
  return String.fromCharCode(...new Uint16Array(bytes.buffer, at, units));
}

/** Addresses and names of errors are ASCII. */
function write({ bytes }: Thread, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return text.length;
}
