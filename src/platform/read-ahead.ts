/**
 * What a socket has read and nobody has asked for yet.
 *
 * @module
 */

export class ReadAhead {
  /** How much it is. */
  bytes = 0;
  #chunks: Uint8Array[] = [];
  /** How much of the first chunk is gone. */
  #offset = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** Moves as much as there is, and fits, into `buffer`. How much that is. */
  take(buffer: Uint8Array): number {
    let filled = 0;
    while (filled < buffer.length && this.#chunks.length > 0) {
      const chunk = this.#chunks[0] as Uint8Array;
      const count = Math.min(chunk.length - this.#offset, buffer.length - filled);
      const isWhole = count === chunk.length;
      buffer.set(isWhole ? chunk : chunk.subarray(this.#offset, this.#offset + count), filled);
      filled += count;
      this.#offset += count;
      if (this.#offset === chunk.length) {
        this.#chunks.shift();
        this.#offset = 0;
      }
    }
    this.bytes -= filled;
    return filled;
  }

  /** The same, and the bytes stay. */
  peek(buffer: Uint8Array): number {
    let filled = 0;
    let skip = this.#offset;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(skip, skip + buffer.length - filled);
      buffer.set(part, filled);
      filled += part.length;
      skip = 0;
      if (filled === buffer.length) break;
    }
    return filled;
  }

  clear(): void {
    this.#chunks = [];
    this.#offset = 0;
    this.bytes = 0;
  }
}
