// The guest: takes lines from a channel that TypeScript made, and sends a result for each.

import { arena, mpsc } from "tokiwa/assembly";

/** Works until no more lines will come. Returns how many there were. */
export function work(lines: mpsc.Receiver<string>, results: mpsc.Sender<string>): i32 {
  let count = 0;
  while (true) {
    const mark = arena.mark();
    if (!lines.recv()) return count;
    const line = lines.value;
    results.send(`${checksum(line).toString(16).padStart(8, "0")}  ${line}`);
    count += 1;
    arena.reset(mark); // The line and its result are not needed any more.
  }
}

/** Fowler, Noll and Vo's hash, of 32 bits. */
function checksum(text: string): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = (hash ^ text.charCodeAt(at)) * 0x01000193;
  return hash;
}
