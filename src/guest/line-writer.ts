/**
 * Lines out of pieces of text, for streams that tasks of one thread write to in turns.
 *
 * @module
 */

export class LineWriter {
  readonly #print: (lines: string) => void;
  readonly #decoder = new TextDecoder();
  /** What has come since the last end of a line, and of which task it is. */
  #rest = "";
  #task = 0;
  #isFlushDue = false;

  /** @param print Is given one or several whole lines, without the end of the last one. */
  constructor(print: (lines: string) => void) {
    this.#print = print;
  }

  /**
   * Writes a piece, in UTF-8. A line goes out once its end has come; what has none is printed as a
   * line before another task writes, and at the latest when the thread has done its turn.
   */
  write(bytes: Uint8Array, task: number): void {
    if (task !== this.#task) this.#flush();
    this.#task = task;
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf("\n");
    this.#rest = text.slice(end + 1);
    if (end !== -1) this.#print(text.slice(0, end));
    if (end !== text.length - 1 || text === "") this.#flushLater();
  }

  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    const text = this.#rest + this.#decoder.decode();
    this.#rest = "";
    if (text !== "") this.#print(text);
  }
}
