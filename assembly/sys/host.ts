/** What the core asks of its host. The other half is `CoreImports` in `src/core/load.ts`. */

/** Wakes a thread out of the reactor that owns `eventFd`. Callable on any thread. */
export declare function wakeReactor(eventFd: i32): void;

/** Wakes the thread that sleeps in the system's futex on the word at `address`. On any thread. */
export declare function wakeFutex(address: usize): void;

/** Sleeps there while the word holds `expected`, for `timeoutMs` at most. */
export declare function waitFutex(address: usize, expected: u32, timeoutMs: f64): void;

/** Milliseconds on the clock that all threads share. */
export declare function now(): f64;

/** Throws: the arena of the running task, whose guest has called, would pass its limit in bytes. */
export declare function outgrow(limit: u32): void;

/** Reports a failed task of a guest that nobody joins. */
export declare function reportFailure(task: usize): void;

/** Throws the failure of a task into the guest's task that joins it. */
export declare function throwFailure(task: usize): void;

/** Throws: a guest's handle is none of the running task's, or not one for what is asked of it. */
export declare function refuseHandle(): void;

/** Throws: a guest waits for a message, and none will come. */
export declare function refuseMessage(): void;

// Sockets of guests. Results below 0 are the system's error numbers, negative, or one of ERROR_*.

/** A socket for an address, which is text of so many UTF-16 units. */
export declare function openSocket(address: usize, units: u32): i32;

/** Has it listen there. */
export declare function listenSocket(fd: i32, address: usize, units: u32): i32;

/** Has it connect to there: it can be written to once it is connected, or has failed. */
export declare function connectSocket(fd: i32, address: usize, units: u32): i32;

/** Has epoll tell of a socket: the address and the generation come back with its news. */
export declare function watchSocket(fd: i32, address: usize, generation: u32): i32;

export declare function acceptSocket(fd: i32): i32;

/** How many bytes came to `at`; 0 at the end. */
export declare function receiveSocket(fd: i32, at: usize, bytes: u32, peeks: bool): i32;

/** How many bytes were taken. */
export declare function sendSocket(fd: i32, at: usize, bytes: u32): i32;

export declare function shutdownSocket(fd: i32): i32;

/** What went wrong since somebody last asked; 0 for nothing. */
export declare function takeSocketError(fd: i32): i32;

/** Sets an option to 0 or 1, or gets it if `value` is negative. */
export declare function socketNodelay(fd: i32, value: i32): i32;

/** Writes the text of an address to `at`; how many bytes that is. */
export declare function socketAddress(fd: i32, ofPeer: bool, at: usize): i32;

/** Writes the system's name for an error to `at`; how many bytes that is. */
export declare function socketErrorName(error: u32, at: usize): i32;

export declare function closeSocket(fd: i32): void;

/** A step of the interleaving explorer. Only the model build calls it. */
export declare function step(address: usize): void;
