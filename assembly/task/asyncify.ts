/**
 * What asyncify's code in guests looks at, on entering a function and after each call in it. Every
 * guest imports these two from here: the core sets them with a store, instead of with a call.
 */

export const NORMAL: i32 = 0;
export const UNWINDING: i32 = 1;
export const REWINDING: i32 = 2;

export let asyncifyState: i32 = NORMAL;
/** The top of the frames: where the next one goes to, or behind the one that comes next. */
export let asyncifyData: usize = 0;

export function become(state: i32): void {
  asyncifyState = state;
}

export function becomeWith(state: i32, top: usize): void {
  asyncifyState = state;
  asyncifyData = top;
}
