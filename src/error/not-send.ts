/**
 * The error for a value that cannot move to another worker.
 *
 * @module
 */

/**
 * Thrown where a value that is not `Send` was to be handed to another worker: a function, a
 * promise, an instance of a class that has no way to move.
 */
export class NotSendError extends TypeError {
  static {
    this.prototype.name = "NotSendError";
  }

  /** Where the value stands in what was handed over, such as `args[0].socket`. */
  readonly path: string;

  /**
   * @param path Where the value stands, from the outermost name on.
   * @param found What stands there, such as `a function`.
   */
  constructor(path: string, found: string) {
    super(`Cannot send ${path} to another worker: it is ${found}`);
    this.path = path;
  }
}
