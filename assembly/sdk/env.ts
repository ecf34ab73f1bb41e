/** What the host gives a guest besides the core. As in `tokiwa.ts`, the file's name matters. */

/** Where the guest's own functions begin in the core's table. */
export declare const __table_base: u32;
/** Throws what the function has thrown whose answer this is. */
export declare function rethrow(answer: usize): void;
