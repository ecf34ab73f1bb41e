/**
 * The table of lines that goes into a guest: its source map, as far as the traces of traps need it.
 *
 * @module
 */

import { LINES_SECTION, type LineTable } from "../../core/manifest.ts";
import { numbersIn, textOf } from "../lines.ts";

/** The number of sections that engines pass over. */
const CUSTOM_SECTION = 0;

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** The module with its table. What is written at its end leaves the code where it is. */
export function withLines(wasm: Uint8Array, map: string): Uint8Array {
  const name = Buffer.from(LINES_SECTION);
  const contents = Buffer.from(JSON.stringify(lineTable(map)));
  const body = Buffer.concat([size(name.length), name, contents]);
  return Buffer.concat([wasm, Buffer.from([CUSTOM_SECTION]), size(body.length), body]);
}

/** A length as WebAssembly has it: seven bits a byte, the lowest first. */
function size(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; rest > 0 || bytes.length === 0; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
  }
  return Buffer.from(bytes);
}

/** Keeps one entry for all the code that comes from a line in one piece. */
function lineTable(map: string): LineTable {
  const { sources, mappings } = JSON.parse(map) as SourceMap;
  const table: number[] = [];
  let [offset, source, line] = [0, 0, 0];
  let last: [offset: number, source: number, line: number] = [0, -1, 0];
  for (const segment of mappings.split(",")) {
    const [step = 0, ...place] = numbersIn(segment);
    offset += step;
    source += place[0] ?? 0;
    line += place[1] ?? 0;
    if (place.length === 0 || (source === last[1] && line + 1 === last[2])) continue;
    table.push(offset - last[0], source - Math.max(last[1], 0), line + 1 - last[2]);
    last = [offset, source, line + 1];
  }
  return { sources, mappings: table.map(textOf).join("") };
}
