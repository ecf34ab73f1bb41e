/** What a guest imports as "tokiwa/assembly". */

export { consumeBudget, JoinHandle, spawn, yieldNow } from "./task";
export { now, sleep, sleepUntil } from "./time";
