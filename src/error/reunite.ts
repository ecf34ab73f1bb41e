/**
 * The error of two halves that do not belong together.
 *
 * @module
 */

/** Thrown by `reunite`. Both halves are still good, and are given back. */
export class ReuniteError<R, W> extends Error {
  static {
    this.prototype.name = "ReuniteError";
  }

  readonly readHalf: R;
  readonly writeHalf: W;

  constructor(readHalf: R, writeHalf: W) {
    super("Cannot reunite halves: they are not of the same stream");
    this.readHalf = readHalf;
    this.writeHalf = writeHalf;
  }
}
