// Code that computes and does not wait, in a program that may.
import { arena, now, yieldNow } from "tokiwa/assembly";

function fibonacci(n: i32): i32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function primesBelow(limit: i32): i32 {
  const isComposite = new Uint8Array(limit);
  let found = 0;
  for (let at = 2; at < limit; at++) {
    if (isComposite[at]) continue;
    found += 1;
    for (let multiple = at * 2; multiple < limit; multiple += at) isComposite[multiple] = 1;
  }
  return found;
}

function differentWords(count: i32): i32 {
  const seen = new Map<string, i32>();
  for (let at = 0; at < count; at++) {
    const word = `word ${at % 500}`;
    seen.set(word, seen.has(word) ? seen.get(word) + 1 : 1);
  }
  return seen.size;
}

/** One call in a loop may wait, and never does: what is inlined here was made able to unwind. */
export function run(rounds: i32): f64 {
  const start = now();
  for (let round = 0; round < rounds; round++) {
    const mark = arena.mark();
    const sum = fibonacci(20) + primesBelow(20_000) + differentWords(500);
    arena.reset(mark);
    if (sum != 6_765 + 2_262 + 500) yieldNow();
  }
  return now() - start;
}
