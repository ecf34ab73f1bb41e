/** What guests call, directly: no JavaScript stands between. See `../sdk/tokiwa.ts`. */
import * as heap from "../memory/heap";
import * as blocks from "../scheduler/blocks";
import * as guest from "../scheduler/guest";
import * as joins from "../scheduler/guest-join";
import { now } from "../sys/host";

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

export function guestOutput(child: usize): u64 {
  return guest.outputOf(joins.endedOf(child));
}

export function guestYield(): void {
  guest.yieldNow();
}

export function guestConsumeBudget(): void {
  guest.consumeBudget();
}

export function guestNow(): f64 {
  return now();
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
  return blocks.outputOf(joins.endedOf(child));
}

export function guestOutputSize(child: usize): u32 {
  return blocks.outputSizeOf(joins.endedOf(child));
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
} from "../scheduler/guest-broadcast";
export { call as guestCall } from "../scheduler/guest-call";
export {
  close as guestCloseChannel,
  create as guestCreateChannel,
  createOneshot as guestCreateOneshot,
  length as guestLength,
  maxCapacity as guestMaxCapacity,
  receive as guestReceive,
  receiveMany as guestReceiveMany,
  receiveOnce as guestReceiveOnce,
  send as guestSend,
  sendOnce as guestSendOnce,
  sendReserved as guestSendReserved,
  tryReceive as guestTryReceive,
  trySend as guestTrySend,
} from "../scheduler/guest-channel";
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
} from "../scheduler/guest-ends";
export {
  abort as guestAbort,
  abortById as guestAbortById,
  generationOf as guestGeneration,
  idOf as guestId,
  isFinished as guestIsFinished,
  isFinishedById as guestIsFinishedById,
  join as guestJoin,
  joinAny as guestJoinAny,
  leave as guestLeave,
  taskOf as guestTask,
  throwFailureOf as guestThrowFailure,
} from "../scheduler/guest-join";
export {
  locals as guestLocals,
  make as guestNew,
  makeElsewhere as guestNewElsewhere,
  mark as guestMark,
  reset as guestReset,
  resize as guestResize,
  setLocals as guestSetLocals,
  used as guestArenaUsed,
} from "../scheduler/guest-memory";
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
} from "../scheduler/guest-notify";
export { get as guestOnceValue, set as guestOnceSet } from "../scheduler/guest-once";
export { select as guestSelect } from "../scheduler/guest-select";
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
} from "../scheduler/guest-semaphore";
export {
  clone as guestClone,
  drop as guestDrop,
  forget as guestForget,
  give as guestGiveHandle,
  guarded as guestGuarded,
  take as guestTakeHandle,
  tie as guestTie,
} from "../scheduler/guest-sync";
export { sleepUntil as guestSleepUntil } from "../scheduler/guest-timer";
export {
  cancel as guestCancel,
  cancelled as guestCancelled,
  create as guestCreateToken,
  createChild as guestCreateChildToken,
  isCancelled as guestIsCancelled,
} from "../scheduler/guest-token";
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
} from "../scheduler/guest-watch";
export { refuseHandle as guestRefuse } from "../sys/host";
export { visit as guestVisit } from "../task/collector";
