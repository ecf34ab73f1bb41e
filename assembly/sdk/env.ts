/** What the host gives a guest besides the core. As in `tokiwa.ts`, the file's name matters. */

/** Where the guest's own functions begin in the core's table. */
export declare const __table_base: u32;
