/** What a guest imports as "tokiwa/assembly". */

import * as broadcast from "./broadcast";
import * as mpsc from "./mpsc";
import * as oneshot from "./oneshot";
import * as arena from "./scope";
import * as watch from "./watch";

export { Barrier } from "./barrier";
export { CancellationToken } from "./cancellation-token";
export { Draft } from "./draft";
export { Received, Sent } from "./ends";
export { Guard } from "./guard";
export { Handle } from "./handle";
export { Interval, interval, intervalAt, MissedTickBehavior } from "./interval";
export { JoinSet } from "./join-set";
export { Mutex, MutexGuard } from "./mutex";
export { Notified, Notify } from "./notify";
export { OnceCell, SetOnce } from "./once";
export { RwLock, RwLockReadGuard, RwLockWriteGuard } from "./rwlock";
export { Select } from "./select";
export { MAX_PERMITS, Semaphore, SemaphorePermit } from "./semaphore";
export { lastError } from "./socket";
export {
  AbortHandle,
  consumeBudget,
  JoinHandle,
  spawn,
  spawn2,
  spawn3,
  yieldNow,
} from "./task";
export { TaskLocal, taskLocal } from "./task-local";
export { OwnedReadHalf, OwnedWriteHalf, TcpHalves, TcpListener, TcpStream } from "./tcp";
export { now, sleep, sleepUntil } from "./time";
export { timeout, timeoutAt } from "./timeout";
export { arena, broadcast, mpsc, oneshot, watch };
