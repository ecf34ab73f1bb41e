/**
 * The error for a broken invariant of the core.
 *
 * @module
 */

/**
 * Thrown when the Wasm core finds its own rules broken. This is a bug of tokiwa: the runtime
 * cannot be trusted any more and should be given up.
 */
export class CoreFault extends Error {
  static {
    this.prototype.name = "CoreFault";
  }

  /** The source file of the core, such as `assembly/task/state.ts`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;

  /** @param message What the assertion says; empty if it says nothing. */
  constructor(message: string, file: string, line: number, column: number) {
    super(`Cannot go on: the core failed at ${file}:${line}:${column}${message && `, ${message}`}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
