/** What the core asks of its host. The other half is `CoreImports` in `src/core/load.ts`. */

/** Wakes a thread out of the reactor that owns `eventFd`. Callable on any thread. */
export declare function wakeReactor(eventFd: i32): void;

/** Milliseconds on the clock that all threads share. */
export declare function now(): f64;

/** Throws: the arena of the running task, whose guest has called, would pass its limit in bytes. */
export declare function outgrow(limit: u32): void;

/** A step of the interleaving explorer. Only the model build calls it. */
export declare function step(address: usize): void;
