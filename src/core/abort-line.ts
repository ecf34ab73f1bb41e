/**
 * Waits that one signal of the platform's can end: with one listener for all of them.
 *
 * *Why not one each*: a signal that is to end everything has many waits, and from eleven listeners
 * on Node warns of a leak.
 *
 * @module
 */

const lines = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `call` when the signal aborts, unless {@linkcode unlisten} comes first. */
export function listen(signal: AbortSignal, call: () => void): void {
  let line = lines.get(signal);
  if (line === undefined) {
    line = new Set();
    lines.set(signal, line);
  }
  if (line.size === 0) signal.addEventListener("abort", tell);
  line.add(call);
}

/** Has `call` not be called any more. */
export function unlisten(signal: AbortSignal, call: () => void): void {
  const line = lines.get(signal);
  if (line?.delete(call) && line.size === 0) signal.removeEventListener("abort", tell);
}

function tell(this: AbortSignal): void {
  const line = lines.get(this);
  if (line === undefined) return;
  // Whoever is called may give others up, or begin to listen: those come too late.
  for (const call of [...line]) if (line.has(call)) call();
}
