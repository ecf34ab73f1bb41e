/**
 * The error of a stream that ended too early.
 *
 * @module
 */

/** Thrown by `readExact` when the other side ends the stream before the buffer is full. */
export class UnexpectedEndError extends Error {
  static {
    this.prototype.name = "UnexpectedEndError";
  }

  /** How many bytes had come. They stand at the beginning of the buffer. */
  readonly bytesRead: number;

  /** @param wanted How many bytes were asked for. */
  constructor(bytesRead: number, wanted: number) {
    super(`Cannot read ${wanted} bytes: the stream ended after ${bytesRead}`);
    this.bytesRead = bytesRead;
  }
}
