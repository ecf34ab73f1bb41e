/**
 * Sockets as Wasm tasks use them. A result below 0 is an error: WOULD_BLOCK, GONE if the handle is
 * not the running task's, or one that is kept for the task to ask for.
 */
import * as sockets from "../io/guest-socket";
import { TASK_ERROR } from "../shared/layout";
import { ERROR_GONE, SYNC_CLOSED, SYNC_DONE, SYNC_REFUSED, WOULD_BLOCK } from "../shared/verdicts";
import * as drops from "../sync/drop";
import { Socket } from "../sync/socket";
import { Role } from "../sync/stake";
import {
  shutdownSocket,
  socketAddress,
  socketErrorName,
  socketNodelay,
  takeSocketError,
} from "../sys/host";
import { myTask } from "../task/coroutine";
import { ownList, primitiveOf, stillWaiting, suspends, tagged, takeAwaited } from "./guest-sync";

const GONE = -ERROR_GONE;

/** A listener at an address, which is text; or an error. */
export function listen(address: usize, units: u32): i32 {
  return noted(sockets.listen(address, units, ownList()));
}

/** A stream that can be written to once it is connected, or has failed; or an error. */
export function connect(address: usize, units: u32): i32 {
  return noted(sockets.connect(address, units, ownList()));
}

/** Drops a stream that could not be connected. False if so. */
export function finishConnect(handle: usize): bool {
  const socket = socketOf(handle);
  if (socket === null) return false;
  const error = takeSocketError(socket.fd);
  if (error != 0) drops.drop(handle);
  return noted(-error) == 0;
}

/** The next connection. */
export function accept(handle: usize): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(sockets.accept(socket, ownList()));
}

/** Waits until a read, an accept or a write may be done. DONE, REFUSED or NO_MEMORY. */
export function ready(handle: usize, writes: bool): u32 {
  const verdict = pollReady(handle, writes, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReady(handle: usize, writes: bool, awaited: usize): usize {
  if (awaited != 0) {
    const pending = stillWaiting(awaited);
    return pending == 0 ? <usize>SYNC_DONE : pending;
  }
  if (socketOf(handle) === null) return SYNC_REFUSED;
  return tagged(sockets.wait(primitiveOf(handle), writes, ownList(), <u32>myTask));
}

/** For a select: the handle of the next connection, CLOSED if it has failed; or as `pollReady`. */
export function pollAccept(handle: usize, awaited: usize): usize {
  let verdict = pollReady(handle, false, awaited);
  // Ends: a wait that is over as it begins has seen news, which a vain call uses up.
  while (verdict == SYNC_DONE) {
    const result = accept(handle);
    if (result != WOULD_BLOCK) return result < 0 ? <usize>SYNC_CLOSED : <usize>result;
    verdict = pollReady(handle, false, 0);
  }
  return verdict;
}

/** How many bytes came to `at`; 0 at the end. */
export function receive(handle: usize, at: usize, bytes: u32, peeks: bool): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(sockets.receive(socket, at, bytes, peeks));
}

/** How many bytes were taken from `at`. */
export function send(handle: usize, at: usize, bytes: u32): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(sockets.send(socket, at, bytes));
}

/** Ends the direction of writing. 0, or an error. */
export function shutdown(handle: usize): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(shutdownSocket(socket.fd));
}

/**
 * A handle for writing, whose end ends that direction; the other one is for reading from now on.
 * REFUSED or NO_MEMORY.
 */
export function split(handle: usize): usize {
  if (socketOf(handle) === null) return SYNC_REFUSED;
  return sockets.hold(primitiveOf(handle), Role.WriteHalf, ownList());
}

/** Another handle that keeps the socket open; REFUSED or NO_MEMORY. */
export function clone(handle: usize): usize {
  if (socketOf(handle) === null) return SYNC_REFUSED;
  return sockets.hold(primitiveOf(handle), Role.Holder, ownList());
}

/** Sets TCP_NODELAY to 0 or 1, or gets it if `value` is negative. */
export function nodelay(handle: usize, value: i32): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(socketNodelay(socket.fd, value));
}

/** Writes the text of an address to `at`; how many bytes that is. */
export function address(handle: usize, ofPeer: bool, at: usize): i32 {
  const socket = socketOf(handle);
  return socket === null ? GONE : noted(socketAddress(socket.fd, ofPeer, at));
}

/** Why the running task's last use of a socket failed; 0 if it did not. */
export function error(): u32 {
  return load<u8>(myTask, TASK_ERROR);
}

/** Writes the system's name for an error to `at`; how many bytes that is. */
export function errorName(code: u32, at: usize): i32 {
  return socketErrorName(code, at);
}

function noted(result: i32): i32 {
  if (result != WOULD_BLOCK) store<u8>(myTask, <u8>(result < 0 ? -result : 0), TASK_ERROR);
  return result;
}

/** The socket of a handle of the running task's, or null. */
function socketOf(handle: usize): Socket | null {
  const address = primitiveOf(handle);
  return address == 0 ? null : changetype<Socket>(address);
}
