// Tasks that sleep for up to a second, and say how late they woke.
import { JoinHandle, now, sleep, spawn } from "tokiwa/assembly";

/** splitmix64: the same durations as in the other languages. */
class Random {
  private state: u64 = 42;

  below(limit: u64): u64 {
    this.state += 0x9e3779b97f4a7c15;
    let z = this.state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % limit;
  }
}

function lateness(durationMs: f64): f64 {
  const due = now() + durationMs;
  sleep(durationMs);
  return now() - due;
}

/** In milliseconds: all, until all were spawned, and every lateness. */
export function run(count: i32): Float64Array {
  const random = new Random();
  const durations = new StaticArray<f64>(count);
  for (let at = 0; at < count; at++) durations[at] = 1 + <f64>random.below(999_000_000) / 1e6;
  const handles = new StaticArray<JoinHandle<f64>>(count);
  const found = new Float64Array(count + 2);
  const start = now();
  for (let at = 0; at < count; at++) handles[at] = spawn(lateness, durations[at]);
  found[1] = now() - start;
  for (let at = 0; at < count; at++) found[at + 2] = handles[at].join();
  found[0] = now() - start;
  return found;
}
