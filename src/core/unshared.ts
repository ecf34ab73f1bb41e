/**
 * Guests for runtimes whose memory is not shared, because the platform has none that is.
 *
 * A guest is built for shared memory, and its code runs on any. Only the import of the memory says
 * which one it wants: in one bit, which is cleared here.
 *
 * @module
 */

const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
/** What an import may be, each with what follows its names. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
/** Bits of limits. */
const HAS_MAXIMUM = 1;
const IS_SHARED = 2;

/** The module with an import of memory that is not shared. */
export function withoutSharing(code: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const reader = new Reader(code);
  for (let end = HEADER_BYTES; end < code.length; ) {
    reader.at = end;
    const section = reader.byte();
    const size = reader.number();
    end = reader.at + size;
    if (section === IMPORT_SECTION) return withLimits(code, reader);
  }
  return code;
}

function withLimits(code: Uint8Array<ArrayBuffer>, reader: Reader): Uint8Array<ArrayBuffer> {
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(reader.number());
    reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === MEMORY) {
      const copy = code.slice();
      copy[reader.at] = (code[reader.at] as number) & ~IS_SHARED;
      return copy;
    }
    if (kind === FUNCTION) reader.number();
    else if (kind === GLOBAL) reader.skip(2);
    else if (kind === TABLE) {
      reader.byte();
      const limits = reader.byte();
      reader.number();
      if (limits & HAS_MAXIMUM) reader.number();
    }
  }
  return code;
}

/** Reads a module from one place on. */
class Reader {
  at = 0;
  readonly #code: Uint8Array;

  constructor(code: Uint8Array) {
    this.#code = code;
  }

  byte(): number {
    return this.#code[this.at++] as number;
  }

  /** Seven bits a byte, the lowest first. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }
}
