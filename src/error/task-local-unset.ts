/**
 * The error for reading a task-local value where it has none.
 *
 * @module
 */

/** Thrown by `get` and `with` of a task-local key outside every one of its scopes. */
export class TaskLocalUnsetError extends Error {
  static {
    this.prototype.name = "TaskLocalUnsetError";
  }

  /** The name that the key was made with. */
  readonly key: string;

  /** @param key The name that the key was made with. */
  constructor(key: string) {
    super(`Cannot read task-local "${key}": it is not set here`);
    this.key = key;
  }
}
