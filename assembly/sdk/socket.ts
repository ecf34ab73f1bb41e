/** What listeners and streams have in common: waiting, bytes, addresses and errors. */
import { ERROR_ADDRESS, ERROR_UNSUPPORTED, WOULD_BLOCK } from "../shared/verdicts";
import { check } from "./ends";
import { Handle } from "./handle";
import * as core from "./tokiwa";

/**
 * Why the last call of this task on a socket has failed, in the system's words, such as
 * `ECONNRESET`; empty if it has not. The end of a stream is no failure.
 */
export function lastError(): string {
  const error = core.guestSocketError();
  if (error == 0) return "";
  const at = core.guestScratch();
  return String.UTF8.decodeUnsafe(at, core.guestSocketErrorName(error, at));
}

/** A socket that is open, and closed as its last handle is dropped. */
@unmanaged
export class Socket extends Handle {
  /** Where it is on this side, as `1.2.3.4:80` or `[::1]:80`. Empty if the system does not say. */
  get localAddr(): string {
    return addressOf(this, false);
  }
}

export function addressOf(socket: Socket, ofPeer: bool): string {
  const at = core.guestScratch();
  const size = core.guestSocketAddress(changetype<usize>(socket), ofPeer, at);
  return size < 0 ? "" : String.UTF8.decodeUnsafe(at, size);
}

/** The handle of a new socket, or 0 if the system has refused it. */
export function opened(result: i32, address: string): usize {
  if (result == -ERROR_ADDRESS) {
    const shown = address.slice(0, 100);
    throw new Error(`Cannot use "${shown}": not IP:port; names are looked up by the host`);
  }
  if (result == -ERROR_UNSUPPORTED) {
    throw new Error("Cannot open socket: it takes Linux, koffi, shared memory, and io enabled");
  }
  return result < 0 ? 0 : result;
}

/** Waits until a read, an accept or a write may be done. */
export function awaitReady(socket: Socket, writes: bool): void {
  check(core.guestSocketReady(changetype<usize>(socket), writes), "wait");
}

/** Reads up to so many bytes. How many have come; 0 at the end; -1 if it has failed. */
export function read(socket: Socket, at: usize, bytes: u32, peeks: bool): i32 {
  if (bytes == 0) return 0;
  // Ends once there is a byte, or there will never be one.
  while (true) {
    const count = core.guestReceiveBytes(changetype<usize>(socket), at, bytes, peeks);
    if (count != WOULD_BLOCK) return max(count, -1);
    awaitReady(socket, false);
  }
}

/** Reads exactly so many bytes. False if the stream has ended before, or has failed. */
export function readAll(socket: Socket, at: usize, bytes: u32): bool {
  let done: u32 = 0;
  while (done < bytes) {
    const count = read(socket, at + done, bytes - done, false);
    if (count <= 0) return false;
    done += count;
  }
  return true;
}

/** The bytes that there is room for at first, where nobody knows how many will come. */
const FIRST_ROOM: i32 = 1024;

/** Reads until the stream's end. `null` if it has failed. */
export function readToEnd(socket: Socket): Uint8Array | null {
  let bytes = new Uint8Array(FIRST_ROOM);
  let done = 0;
  // Ends with the stream, or the task's memory.
  while (true) {
    const count = read(socket, bytes.dataStart + done, bytes.length - done, false);
    if (count < 0) return null;
    if (count == 0) return bytes.subarray(0, done);
    done += count;
    if (done < bytes.length) continue;
    const larger = new Uint8Array(2 * done);
    memory.copy(larger.dataStart, bytes.dataStart, done);
    bytes = larger;
  }
}

/** Writes up to so many bytes. How many were taken; -1 if it has failed. */
export function write(socket: Socket, at: usize, bytes: u32): i32 {
  if (bytes == 0) return 0;
  // Ends once there is room for a byte, or there will never be any.
  while (true) {
    const count = core.guestSendBytes(changetype<usize>(socket), at, bytes);
    if (count != WOULD_BLOCK) return max(count, -1);
    awaitReady(socket, true);
  }
}

/** Writes all bytes. False if that has failed, with some of them perhaps written. */
export function writeAll(socket: Socket, at: usize, bytes: u32): bool {
  let done: u32 = 0;
  while (done < bytes) {
    const count = write(socket, at + done, bytes - done);
    if (count < 0) return false;
    done += count;
  }
  return true;
}

/** Ends the direction of writing: the other side reads an end. False if that has failed. */
export function shutdown(socket: Socket): bool {
  return core.guestShutdown(changetype<usize>(socket)) >= 0;
}

/** Where the bytes of a buffer begin. The build tool sees that it is one. */
export function dataOf<T>(buffer: T): usize {
  if (buffer instanceof Uint8Array) return buffer.dataStart;
  return changetype<usize>(buffer);
}

/** How many bytes a part of a buffer has. Traps if it is not within the buffer. */
export function sizeOf<T>(buffer: T, start: i32, end: i32): u32 {
  const size = sizeInBytes<T>(buffer);
  const to = min(end, size);
  if (start < 0 || start > to) throw new RangeError("Cannot use buffer: start is out of range");
  return to - start;
}

function sizeInBytes<T>(buffer: T): i32 {
  if (buffer instanceof ArrayBuffer) return buffer.byteLength;
  if (!isArrayLike<T>()) return 0; // It is none.
  return buffer.length;
}
