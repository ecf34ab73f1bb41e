/**
 * Sockets as Wasm tasks use them. A result below 0 is an error: WOULD_BLOCK, or one that is kept
 * for the task to ask for.
 */
import * as sockets from "../io/guest-socket";
import { TASK_ERROR } from "../shared/layout";
import { SYNC_CLOSED, SYNC_DONE, WOULD_BLOCK } from "../shared/verdicts";
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
import { asHandle, HOLDER, handleOf, ownList, primitiveOf, SOCKET, stakeOf } from "./guest-handle";
import { stillWaiting, suspends, tagged, takeAwaited } from "./guest-sync";

/** A listener at an address, which is text; or an error. */
export function listen(address: usize, units: u32): i32 {
  return opened(sockets.listen(address, units, ownList()));
}

/** A stream that can be written to once it is connected, or has failed; or an error. */
export function connect(address: usize, units: u32): i32 {
  return opened(sockets.connect(address, units, ownList()));
}

/** Drops a stream that could not be connected. False if so. */
export function finishConnect(handle: usize): bool {
  const stake = stakeOf(handle, SOCKET, HOLDER);
  const error = takeSocketError(socketOf(handle).fd);
  if (error != 0) drops.drop(stake);
  return noted(-error) == 0;
}

/** The next connection. */
export function accept(handle: usize): i32 {
  return opened(sockets.accept(socketOf(handle), ownList()));
}

/** Waits until a read, an accept or a write may be done. DONE or NO_MEMORY. */
export function ready(handle: usize, writes: bool): u32 {
  const verdict = pollReady(handle, writes, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReady(handle: usize, writes: bool, awaited: usize): usize {
  if (awaited != 0) {
    const pending = stillWaiting(awaited);
    return pending == 0 ? <usize>SYNC_DONE : pending;
  }
  return tagged(sockets.wait(addressOf(handle), writes, ownList(), <u32>myTask));
}

/** For a select: the stake of the next connection, CLOSED if it has failed; or as `pollReady`. */
export function pollAccept(handle: usize, awaited: usize): usize {
  let verdict = pollReady(handle, false, awaited);
  // Ends: a wait that is over as it begins has seen news, which a vain call uses up.
  while (verdict == SYNC_DONE) {
    const result = noted(sockets.accept(socketOf(handle), ownList()));
    if (result != WOULD_BLOCK) return result < 0 ? <usize>SYNC_CLOSED : <usize>result;
    verdict = pollReady(handle, false, 0);
  }
  return verdict;
}

/** How many bytes came to `at`; 0 at the end. */
export function receive(handle: usize, at: usize, bytes: u32, peeks: bool): i32 {
  return noted(sockets.receive(socketOf(handle), at, bytes, peeks));
}

/** How many bytes were taken from `at`. */
export function send(handle: usize, at: usize, bytes: u32): i32 {
  return noted(sockets.send(socketOf(handle), at, bytes));
}

/** Ends the direction of writing. 0, or an error. */
export function shutdown(handle: usize): i32 {
  return noted(shutdownSocket(socketOf(handle).fd));
}

/**
 * A handle for writing, whose end ends that direction; the other one is for reading from now on.
 * Or NO_MEMORY.
 */
export function split(handle: usize): usize {
  return asHandle(sockets.hold(addressOf(handle), Role.WriteHalf, ownList()));
}

/** Another handle that keeps the socket open, or NO_MEMORY. */
export function clone(handle: usize): usize {
  return asHandle(sockets.hold(addressOf(handle), Role.Holder, ownList()));
}

/** Sets TCP_NODELAY to 0 or 1, or gets it if `value` is negative. */
export function nodelay(handle: usize, value: i32): i32 {
  return noted(socketNodelay(socketOf(handle).fd, value));
}

/** Writes the text of an address to `at`; how many bytes that is. */
export function address(handle: usize, ofPeer: bool, at: usize): i32 {
  return noted(socketAddress(socketOf(handle).fd, ofPeer, at));
}

/** Why the running task's last use of a socket failed; 0 if it did not. */
export function error(): u32 {
  return load<u8>(myTask, TASK_ERROR);
}

/** Writes the system's name for an error to `at`; how many bytes that is. */
export function errorName(code: u32, at: usize): i32 {
  return socketErrorName(code, at);
}

/** What a guest calls a socket by that was opened; or what went wrong. */
function opened(result: i32): i32 {
  const noticed = noted(result);
  return noticed < 0 ? noticed : <i32>handleOf(noticed);
}

function noted(result: i32): i32 {
  if (result != WOULD_BLOCK) store<u8>(myTask, <u8>(result < 0 ? -result : 0), TASK_ERROR);
  return result;
}

function addressOf(handle: usize): usize {
  return primitiveOf(handle, SOCKET, HOLDER);
}

function socketOf(handle: usize): Socket {
  return changetype<Socket>(addressOf(handle));
}
