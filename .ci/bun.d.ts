/** What Bun has, as far as `src/platform/bun` uses it. */
declare module "bun:jsc" {
  /** Runs the queue of `process.nextTick` and all microtasks. */
  export function drainMicrotasks(): void;
}
