/** What a guest imports as "tokiwa/assembly". */

import * as mpsc from "./mpsc";
import * as oneshot from "./oneshot";

export { Guard } from "./guard";
export { Handle } from "./handle";
export { Mutex, MutexGuard } from "./mutex";
export { RwLock, RwLockReadGuard, RwLockWriteGuard } from "./rwlock";
export { Semaphore, SemaphorePermit } from "./semaphore";
export { consumeBudget, JoinHandle, spawn, yieldNow } from "./task";
export { now, sleep, sleepUntil } from "./time";
export { mpsc, oneshot };
