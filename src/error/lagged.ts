/**
 * The error of a receiver that was too slow.
 *
 * @module
 */

/** Thrown by a broadcast's receiver whose oldest messages have made room for later ones. */
export class LaggedError extends Error {
  static {
    this.prototype.name = "LaggedError";
  }

  /** How many messages were lost. The next one to be received is the oldest that was kept. */
  readonly skipped: number;

  /** @param skipped How many messages were lost. */
  constructor(skipped: number) {
    super(`Cannot receive in time: messages were lost, ${skipped} of them`);
    this.skipped = skipped;
  }
}
