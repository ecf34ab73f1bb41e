// Tasks that sleep for a long time.
import { sleep, spawn } from "tokiwa/assembly";

const HOUR_MS: f64 = 3_600_000;

function sleeper(durationMs: f64): void {
  sleep(durationMs);
}

export function run(count: i32): void {
  for (let at = 0; at < count; at++) spawn(sleeper, HOUR_MS).detach();
}
