/** Every function that the host may call, and nothing else; see `src/core/exports.ts`. */
import * as io from "./io/readiness";
import * as heap from "./memory/heap";
import * as region from "./memory/region";
import { unpark as unparkWorker, wait } from "./queue/park";
import { workerAt } from "./queue/submit";
import * as blocks from "./scheduler/blocks";
import * as burial from "./scheduler/burial";
import * as finish from "./scheduler/finish";
import * as guest from "./scheduler/guest";
import * as lifecycle from "./scheduler/lifecycle";
import * as shutdownRoom from "./scheduler/shutdown";
import * as scheduler from "./scheduler/turn";
import { RUNTIME_ARENA_MAX, TASK_TOKEN } from "./shared/layout";
import { SUSPENDED, SUSPENDED_CANCELLED, SUSPENDED_QUEUED, WAITER_ARMED } from "./shared/verdicts";
import * as waiters from "./sync/waiter";
import { Waiter } from "./sync/waiter";
import { now } from "./sys/host";
import { myWorker } from "./sys/self";
import * as arena from "./task/arena";
import { myTask } from "./task/coroutine";
import { TaskHeader } from "./task/header";
import * as marks from "./task/marks";
import { Suspend } from "./task/state";
import * as timers from "./time/driver";

export function boot(workers: u32, threads: u32, flags: u32, fixedInterval: u32): bool {
  return lifecycle.boot(workers, threads, flags, fixedInterval);
}

export function runtimeAddress(): usize {
  return region.runtimeAddress();
}

export function attach(index: u32, kind: u32, randomSeed: u32): usize {
  return lifecycle.attach(index, kind, randomSeed);
}

export function detach(): void {
  lifecycle.detach();
}

export function enableHistograms(pollBuckets: u32, latencyBuckets: u32): bool {
  return lifecycle.enableHistograms(pollBuckets, latencyBuckets);
}

export function turn(now: f64, driversPolled: bool): u32 {
  return scheduler.turn(now, driversPolled);
}

export function parkBegin(mode: u32, now: f64): bool {
  return lifecycle.parkBegin(mode, now);
}

export function parkWait(timeoutMs: f64): void {
  wait(myWorker, timeoutMs);
}

export function parkEnd(now: f64): void {
  lifecycle.parkEnd(now);
}

export function spin(rounds: u32): bool {
  return lifecycle.spin(rounds);
}

export function unpark(index: u32): void {
  unparkWorker(workerAt(index));
}

export function spawnLocal(token: u32): usize {
  return finish.spawnLocal(token);
}

export function wakeTask(task: usize): void {
  finish.wake(task);
}

export function suspendTask(task: usize): u32 {
  return verdictOf(finish.suspend(task));
}

export function yieldTask(task: usize): u32 {
  return verdictOf(finish.yieldNow(task));
}

function verdictOf(suspended: Suspend): u32 {
  if (suspended == Suspend.Idle) return SUSPENDED;
  return suspended == Suspend.Cancel ? SUSPENDED_CANCELLED : SUSPENDED_QUEUED;
}

export function completeLocal(task: usize): void {
  finish.completeLocal(task);
}

export function abortTask(task: usize, generation: u32): bool {
  return finish.abort(task, generation);
}

export function defer(token: u32): bool {
  return waiters.defer(token);
}

export function spawnPortable(
  kind: u32,
  worker: u32,
  functionId: u32,
  payloadKind: u32,
  payload: usize,
  payloadSize: u32,
  payloadNumber: f64,
  joinToken: u32,
): usize {
  return finish.spawnPortable(
    kind,
    worker,
    functionId,
    payloadKind,
    payload,
    payloadSize,
    payloadNumber,
    joinToken,
  );
}

export function bindStarted(task: usize, token: u32): void {
  store<u32>(task, token, TASK_TOKEN);
}

export function restartPortable(task: usize): bool {
  return finish.restart(task);
}

export function finishPortable(
  task: usize,
  outcome: u32,
  payloadKind: u32,
  payload: usize,
  payloadSize: u32,
  payloadNumber: f64,
): void {
  finish.finish(task, outcome, payloadKind, payload, payloadSize, payloadNumber);
}

export function consumeJoin(task: usize): void {
  finish.consumeJoin(task);
}

export function allocate(bytes: u32): usize {
  return heap.allocate(bytes);
}

export function release(block: usize): void {
  heap.release(block);
}

export function timerArm(deadlineMs: f64, target: u32): usize {
  return changetype<usize>(timers.arm(deadlineMs, target));
}

export function timerReset(waiter: usize, deadlineMs: f64, target: u32): usize {
  return changetype<usize>(timers.reset(changetype<Waiter>(waiter), deadlineMs, target));
}

export function waiterDrop(address: usize): void {
  const waiter = changetype<Waiter>(address);
  if (waiter.state != WAITER_ARMED) waiters.dropUnlinked(waiter);
  else if (timers.holds(waiter)) timers.drop(waiter);
  else {
    waiters.unlink(waiter);
    waiters.free(waiter);
  }
}

export function ioRegister(fd: i32): usize {
  return changetype<usize>(io.register(fd));
}

export function ioDeregister(slot: usize): void {
  io.deregister(changetype<io.Socket>(slot));
}

export function ioWait(slot: usize, bits: u32, target: u32): usize {
  return changetype<usize>(io.wait(changetype<io.Socket>(slot), bits, target));
}

export function ioEvents(events: usize, count: u32, stride: u32, dataOffset: u32): void {
  io.takeEvents(events, count, stride, dataOffset);
}

export function ioRaise(slot: usize, bits: u32): void {
  io.raise(changetype<io.Socket>(slot), bits);
}

export function shutdown(mark: u32): void {
  shutdownRoom.shutdown(mark);
}

export function workerLost(
  index: u32,
  causeKind: u32,
  cause: usize,
  causeSize: u32,
  causeNumber: f64,
): void {
  burial.bury(index, causeKind, cause, causeSize, causeNumber);
}

export function takeOrphanSocket(index: u32): i32 {
  return burial.takeOrphanSocket(index);
}

export { asyncifyData, asyncifyState } from "./task/asyncify";

// What guests call, directly: no JavaScript stands between.

export function spawnGuest(
  entry: u32,
  shape: u32,
  number: u64,
  block: usize,
  blockSize: u32,
  joinToken: u32,
): usize {
  return guest.spawnFromHost(entry, shape, number, block, blockSize, joinToken);
}

export function trappedTask(): usize {
  const task = guest.trapped();
  if (task != 0) burial.mend();
  return task;
}

export function endTrapped(task: usize, kind: u32, block: usize, size: u32, number: f64): void {
  guest.endTrapped(task, kind, block, size, number);
}

export function guestArgument(): u64 {
  return guest.argument();
}

export function guestComplete(number: u64): void {
  guest.complete(number);
}

export function guestSpawn(
  entry: u32,
  shape: u32,
  number: u64,
  block: usize,
  luggage: usize,
): usize {
  return guest.spawn(entry, shape, number, block, luggage);
}

export function guestJoin(child: usize): u32 {
  return guest.join(child);
}

export function guestOutput(child: usize): u64 {
  return guest.outputOf(child);
}

export function guestLeave(child: usize): void {
  guest.leave(myTask, child);
}

export function guestYield(): void {
  guest.yieldNow();
}

export function guestConsumeBudget(): void {
  guest.consumeBudget();
}

export function guestSleepUntil(deadlineMs: f64): bool {
  return guest.sleepUntil(deadlineMs);
}

export function guestNow(): f64 {
  return now();
}

export function guestAllocate(bytes: usize): usize {
  if (myTask == 0) return 0; // A guest allocates as it is instantiated.
  return arena.allocate(changetype<TaskHeader>(myTask), bytes, arenaMax());
}

export function guestMark(): u64 {
  return marks.make(changetype<TaskHeader>(myTask), arenaMax());
}

export function guestReset(handle: u64): bool {
  return marks.reset(changetype<TaskHeader>(myTask), handle);
}

export function guestArenaUsed(): u32 {
  return arena.used(changetype<TaskHeader>(myTask));
}

function arenaMax(): u32 {
  return load<u32>(region.runtimeAddress(), RUNTIME_ARENA_MAX);
}

export function guestHeapAllocate(bytes: u32): usize {
  return heap.allocate(bytes);
}

export function guestHeapRelease(block: usize): void {
  heap.release(block);
}

export function guestScratch(): usize {
  return blocks.scratch();
}

export function guestBlock(): usize {
  return blocks.argument();
}

export function guestDropBlock(): void {
  blocks.dropArgument();
}

export function guestGiveBlock(block: usize, size: u32): void {
  blocks.give(block, size);
}

export function guestOutputBlock(child: usize): usize {
  return blocks.outputOf(child);
}

export function guestOutputSize(child: usize): u32 {
  return blocks.outputSizeOf(child);
}

export function guestIsFinished(child: usize): bool {
  return guest.isFinished(child);
}

export function guestAbort(child: usize): void {
  guest.abort(child);
}

export {
  create as guestCreateBroadcast,
  length as guestBroadcastLength,
  lost as guestBroadcastLost,
  reached as guestBroadcastReached,
  receive as guestBroadcastReceive,
  send as guestBroadcastSend,
  subscribe as guestBroadcastSubscribe,
  tryReceive as guestBroadcastTryReceive,
  unseen as guestBroadcastUnseen,
} from "./scheduler/guest-broadcast";
export {
  close as guestCloseChannel,
  create as guestCreateChannel,
  length as guestLength,
  maxCapacity as guestMaxCapacity,
  receive as guestReceive,
  receiveMany as guestReceiveMany,
  send as guestSend,
  sendOnce as guestSendOnce,
  sendReserved as guestSendReserved,
  tryReceive as guestTryReceive,
  trySend as guestTrySend,
} from "./scheduler/guest-channel";
export {
  closed as guestClosed,
  createSender as guestCreateSender,
  createWeakSender as guestCreateWeakSender,
  isClosed as guestIsClosed,
  isEnded as guestIsEnded,
  isSame as guestIsSame,
  message as guestMessage,
  receivers as guestReceivers,
  senders as guestSenders,
  upgrade as guestUpgrade,
  weakSenders as guestWeakSenders,
} from "./scheduler/guest-ends";
export {
  all as guestNotifyAll,
  arrive as guestArrive,
  create as guestCreateNotify,
  enable as guestEnable,
  finish as guestFinishNotified,
  isTold as guestIsTold,
  last as guestNotifyLast,
  one as guestNotifyOne,
  version as guestNotifyVersion,
  wait as guestNotified,
} from "./scheduler/guest-notify";
export { get as guestOnceValue, set as guestOnceSet } from "./scheduler/guest-once";
export { select as guestSelect } from "./scheduler/guest-select";
export {
  acquire as guestAcquire,
  add as guestAddPermits,
  available as guestPermits,
  close as guestCloseSemaphore,
  create as guestCreateSemaphore,
  forget as guestForgetPermits,
  held as guestHeldPermits,
  merge as guestMergePermits,
  release as guestReleasePermits,
  split as guestSplitPermits,
  tryAcquire as guestTryAcquire,
} from "./scheduler/guest-semaphore";
export {
  clone as guestClone,
  drop as guestDrop,
  forget as guestForget,
  guarded as guestGuarded,
  owns as guestOwns,
} from "./scheduler/guest-sync";
export {
  borrow as guestWatchBorrow,
  changed as guestWatchChanged,
  clone as guestWatchClone,
  create as guestCreateWatch,
  hasChanged as guestWatchHasChanged,
  mark as guestWatchMark,
  peek as guestWatchPeek,
  replace as guestWatchReplace,
  replaceIf as guestWatchReplaceIf,
  send as guestWatchSend,
  subscribe as guestWatchSubscribe,
} from "./scheduler/guest-watch";
export {
  create as broadcastCreate,
  length as broadcastLength,
  receive as broadcastReceive,
  send as broadcastSend,
  subscribe as broadcastSubscribe,
  tryReceive as broadcastTryReceive,
  unseen as broadcastUnseen,
} from "./sync/broadcast";
export {
  close as channelClose,
  create as channelCreate,
  isClosed as channelIsClosed,
  length as channelLength,
  receive as channelReceive,
  reserve as channelReserve,
  send as channelSend,
  sendReserved as channelSendReserved,
  takeMany as channelTakeMany,
  tryReceive as channelTryReceive,
  trySend as channelTrySend,
} from "./sync/channel";
export { drop as stakeDrop, dropAll as stakeDropAll, finish as stakeFinish } from "./sync/drop";
export {
  isEnded as primitiveEnded,
  sender as senderCreate,
  upgrade as senderUpgrade,
  weakSender as senderCreateWeak,
} from "./sync/ends";
export { open as primitiveOpen } from "./sync/handle";
export { closed as primitiveClosed } from "./sync/news";
export {
  all as notifyAll,
  arrive as barrierArrive,
  create as notifyCreate,
  last as notifyLast,
  one as notifyOne,
  version as notifyVersion,
  wait as notifyWait,
} from "./sync/notify";
export { create as oneshotCreate, send as oneshotSend } from "./sync/oneshot";
export {
  acquire as semaphoreAcquire,
  add as semaphoreAdd,
  available as semaphoreAvailable,
  close as semaphoreClose,
  create as semaphoreCreate,
  forget as semaphoreForget,
  pass as semaphorePass,
  release as semaphoreRelease,
  split as semaphoreSplit,
  tryAcquire as semaphoreTryAcquire,
} from "./sync/semaphore";
export { move as stakeMove, retarget as stakeRetarget } from "./sync/stake";
export {
  borrow as watchBorrow,
  borrowAndUpdate as watchBorrowAndUpdate,
  changed as watchChanged,
  create as watchCreate,
  hasChanged as watchHasChanged,
  mark as watchMark,
  replace as watchReplace,
  replaceIf as watchReplaceIf,
  send as watchSend,
  subscribe as watchSubscribe,
} from "./sync/watch";
