/** What the host gives a guest besides the core. As in `tokiwa.ts`, the file's name matters. */

/** Where the guest's own functions begin in the core's table. */
export declare const __table_base: u32;
/** Throws what the function has thrown whose answer this is. */
export declare function rethrow(answer: usize): void;

/** A block with the text of the process's argument of this number, or 0 if there is none. */
export declare function argument(index: u32): usize;
/** The same of a variable of its environment: `NAME=value`. */
export declare function variable(index: u32): usize;
/** Ends the running task. */
export declare function exit(code: i32): void;
/** Fills bytes with randomness that nobody can foresee. */
export declare function randomize(address: usize, bytes: u32): void;
