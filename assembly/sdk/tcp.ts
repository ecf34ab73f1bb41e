/** TCP: connections, and listening for them. */
import { WOULD_BLOCK } from "../shared/verdicts";
import { made } from "./handle";
import {
  addressOf,
  awaitReady,
  dataOf,
  opened,
  read,
  readAll,
  readToEnd,
  Socket,
  shutdown,
  sizeOf,
  write,
  writeAll,
} from "./socket";
import * as core from "./tokiwa";

/** Stands for the end of a buffer. */
const END = i32.MAX_VALUE;

/** A socket that takes connections. */
@final
@unmanaged
export class TcpListener extends Socket {
  /**
   * Listens at an address such as `127.0.0.1:8000` or `[::]:8000`; port 0 lets the system choose.
   * `null` if the system refuses: `lastError` tells why. Traps if it is no address.
   */
  static bind(address: string): TcpListener | null {
    const result = core.guestListen(changetype<usize>(address), address.length);
    return changetype<TcpListener | null>(opened(result, address));
  }

  /** Another handle of the same listener, for another task. */
  clone(): TcpListener {
    return changetype<TcpListener>(made(core.guestCloneSocket(changetype<usize>(this))));
  }

  /**
   * Waits for a connection. `null` if it cannot be had now, as when descriptors have run out:
   * `lastError` tells why. The listener stays good: sleep a little, and try again. A task that is
   * aborted meanwhile loses no connection.
   */
  accept(): TcpStream | null {
    // Ends with a connection, or a failure.
    while (true) {
      const result = core.guestAccept(changetype<usize>(this));
      if (result != WOULD_BLOCK) return changetype<TcpStream | null>(opened(result, ""));
      awaitReady(this, false);
    }
  }
}

/**
 * A connection. It closes as its handle is dropped, or as its task ends in whatever way.
 *
 * A buffer is an `ArrayBuffer`, a `Uint8Array` or a `StaticArray` of bytes, or the part of it from
 * `start` up to and without `end`. What is read lands in there without a copy.
 */
@final
@unmanaged
export class TcpStream extends Socket {
  /**
   * Connects to an address such as `127.0.0.1:8000`. `null` if that fails: `lastError` tells why.
   * Traps if it is no address.
   */
  static connect(address: string): TcpStream | null {
    const result = core.guestConnect(changetype<usize>(address), address.length);
    const stream = changetype<TcpStream | null>(opened(result, address));
    if (stream === null) return null;
    awaitReady(stream, true);
    return core.guestFinishConnect(changetype<usize>(stream)) ? stream : null;
  }

  /** Where the other side is. Empty if there is none any more. */
  get peerAddr(): string {
    return addressOf(this, true);
  }

  /** Are small writes sent at once? */
  get nodelay(): bool {
    return core.guestNodelay(changetype<usize>(this), -1) > 0;
  }

  set nodelay(on: bool) {
    core.guestNodelay(changetype<usize>(this), on ? 1 : 0);
  }

  /**
   * Waits for bytes. How many have come; 0 at the end of the stream, or for an empty buffer; -1 if
   * it has failed: `lastError` tells why. A task that is aborted meanwhile has read nothing.
   */
  read<T>(buffer: T, start: i32 = 0, end: i32 = END): i32 {
    return read(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end), false);
  }

  /** Fills the buffer. False if the stream has ended before, or has failed. */
  readExact<T>(buffer: T, start: i32 = 0, end: i32 = END): bool {
    return readAll(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /**
   * Reads all that comes until the end of the stream. `null` if it has failed: `lastError` tells
   * why. Bytes that had been read by then are lost, as they are if the task is aborted.
   */
  readToEnd(): Uint8Array | null {
    return readToEnd(this);
  }

  /** As `read`, and what has come can be read once more. */
  peek<T>(buffer: T, start: i32 = 0, end: i32 = END): i32 {
    return read(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end), true);
  }

  /** Waits for room. How many bytes were taken, not always all; -1 if it has failed. */
  write<T>(buffer: T, start: i32 = 0, end: i32 = END): i32 {
    return write(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /** Writes the whole buffer. False if that has failed, with some of it perhaps written. */
  writeAll<T>(buffer: T, start: i32 = 0, end: i32 = END): bool {
    return writeAll(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /** Ends the direction of writing: the other side reads an end. False if that has failed. */
  shutdown(): bool {
    return shutdown(this);
  }

  /** Two handles, for two tasks; the stream's own is of no use any more. */
  intoSplit(): TcpHalves {
    const handle = changetype<usize>(this);
    const writer = made(core.guestSplitSocket(handle));
    return new TcpHalves(changetype<OwnedReadHalf>(handle), changetype<OwnedWriteHalf>(writer));
  }
}

/** What `TcpStream.intoSplit` gives. */
@final
export class TcpHalves {
  constructor(
    public reader: OwnedReadHalf,
    public writer: OwnedWriteHalf,
  ) {}
}

/** The right to read from a connection. It closes once both halves are gone. */
@final
@unmanaged
export class OwnedReadHalf extends Socket {
  /** As {@link TcpStream.read}. */
  read<T>(buffer: T, start: i32 = 0, end: i32 = END): i32 {
    return read(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end), false);
  }

  /** As {@link TcpStream.readExact}. */
  readExact<T>(buffer: T, start: i32 = 0, end: i32 = END): bool {
    return readAll(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /** As {@link TcpStream.readToEnd}. */
  readToEnd(): Uint8Array | null {
    return readToEnd(this);
  }
}

/** The right to write to a connection. As it goes, the other side reads an end. */
@final
@unmanaged
export class OwnedWriteHalf extends Socket {
  /** As {@link TcpStream.write}. */
  write<T>(buffer: T, start: i32 = 0, end: i32 = END): i32 {
    return write(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /** As {@link TcpStream.writeAll}. */
  writeAll<T>(buffer: T, start: i32 = 0, end: i32 = END): bool {
    return writeAll(this, dataOf<T>(buffer) + start, sizeOf<T>(buffer, start, end));
  }

  /** As {@link TcpStream.shutdown}. */
  shutdown(): bool {
    return shutdown(this);
  }
}
