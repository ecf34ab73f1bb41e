/**
 * The core, as a guest sees it. Guests are bound to it directly: no JavaScript stands between.
 *
 * A declared function is imported from a module that has the name of its file. Those that may wait
 * are named once more where the guest is built, in `src/guest/build/asyncify.ts`.
 */

export declare function guestArgument(): u64;
export declare function guestBlock(): usize;
export declare function guestDropBlock(): void;
export declare function guestComplete(number: u64): void;
export declare function guestGiveBlock(block: usize, size: u32): void;

export declare function guestSpawn(
  entry: u32,
  shape: u32,
  number: u64,
  block: usize,
  luggage: usize,
): usize;
export declare function guestJoin(child: usize, deadlineMs: f64): u32;
export declare function guestJoinAny(children: usize, count: u32): u32;
export declare function guestThrowFailure(child: usize): void;
export declare function guestOutput(child: usize): u64;
export declare function guestOutputBlock(child: usize): usize;
export declare function guestOutputSize(child: usize): u32;
export declare function guestLeave(child: usize): bool;
export declare function guestIsFinished(child: usize): u32;
export declare function guestAbort(child: usize): bool;
export declare function guestTask(child: usize): usize;
export declare function guestGeneration(child: usize): u32;
export declare function guestId(child: usize): f64;
export declare function guestAbortById(task: usize, generation: u32): void;
export declare function guestIsFinishedById(task: usize, generation: u32): bool;

export declare function guestYield(): void;
export declare function guestConsumeBudget(): void;
export declare function guestSleepUntil(deadlineMs: f64): bool;
export declare function guestNow(): f64;

export declare function guestRefuse(): void;
export declare function guestTie(handle: usize, others: usize): usize;
export declare function guestClone(handle: usize): usize;
export declare function guestDrop(handle: usize): void;
export declare function guestForget(permit: usize): void;
export declare function guestGiveHandle(handle: usize): void;
export declare function guestTakeHandle(child: usize): usize;
export declare function guestGuarded(handle: usize): usize;
export declare function guestCreateSemaphore(permits: u32, bytes: u32): usize;
export declare function guestAcquire(handle: usize, permits: u32): usize;
export declare function guestTryAcquire(handle: usize, permits: u32): usize;
export declare function guestReleasePermits(permit: usize, permits: u32): bool;
export declare function guestPermits(handle: usize): u32;
export declare function guestAddPermits(handle: usize, permits: u32): bool;
export declare function guestForgetPermits(handle: usize, permits: u32): u32;
export declare function guestOnceSet(permit: usize, block: usize): bool;
export declare function guestOnceValue(handle: usize): usize;
export declare function guestHeldPermits(permit: usize): u32;
export declare function guestSplitPermits(permit: usize, permits: u32): usize;
export declare function guestMergePermits(into: usize, from: usize): bool;
export declare function guestCloseSemaphore(handle: usize): void;
export declare function guestCreateChannel(capacity: u32, blocks: bool): u64;
export declare function guestCreateOneshot(blocks: bool): usize;
export declare function guestSend(sender: usize, message: u64): u32;
export declare function guestTrySend(sender: usize, message: u64): u32;
export declare function guestSendOnce(sender: usize, message: u64): u32;
export declare function guestReceiveOnce(receiver: usize): u64;
export declare function guestReceive(receiver: usize): u32;
export declare function guestTryReceive(receiver: usize): u32;
export declare function guestSendReserved(permit: usize, message: u64): u32;
export declare function guestReceiveMany(receiver: usize, into: usize, most: u32): u32;
export declare function guestLength(receiver: usize): u32;
export declare function guestMaxCapacity(end: usize): u32;
export declare function guestCloseChannel(receiver: usize): void;
export declare function guestCall(sender: usize, request: usize): bool;
export declare function guestCreateNotify(parties: u32): usize;
export declare function guestNotifyVersion(handle: usize): u32;
export declare function guestNotified(handle: usize): void;
export declare function guestNotifyOne(handle: usize): void;
export declare function guestNotifyLast(handle: usize): void;
export declare function guestNotifyAll(handle: usize): void;
export declare function guestEnable(handle: usize): usize;
export declare function guestFinishNotified(wait: usize): u32;
export declare function guestIsTold(wait: usize): bool;
export declare function guestArrive(handle: usize): u32;

export declare function guestCreateSender(sender: usize): usize;
export declare function guestCreateWeakSender(sender: usize): usize;
export declare function guestUpgrade(weak: usize): usize;
export declare function guestClosed(end: usize): u32;
export declare function guestIsClosed(end: usize): bool;
export declare function guestIsEnded(end: usize): bool;
export declare function guestSenders(end: usize): u32;
export declare function guestWeakSenders(end: usize): u32;
export declare function guestReceivers(end: usize): u32;
export declare function guestIsSame(one: usize, other: usize): bool;
export declare function guestMessage(end: usize): u64;

export declare function guestCreateWatch(value: u64, blocks: bool): usize;
export declare function guestWatchSubscribe(sender: usize): usize;
export declare function guestWatchClone(receiver: usize): usize;
export declare function guestWatchSend(sender: usize, value: u64): u32;
export declare function guestWatchReplace(sender: usize, value: u64): u32;
export declare function guestWatchReplaceIf(sender: usize, value: u64): u32;
export declare function guestWatchBorrow(end: usize): void;
export declare function guestWatchPeek(receiver: usize): void;
export declare function guestWatchChanged(receiver: usize): u32;
export declare function guestWatchHasChanged(receiver: usize): u32;
export declare function guestWatchMark(receiver: usize, hasSeen: bool): void;
export declare function guestCreateBroadcast(capacity: u32, blocks: bool): usize;
export declare function guestBroadcastSubscribe(end: usize): usize;
export declare function guestBroadcastSend(sender: usize, message: u64): u32;
export declare function guestBroadcastReached(): u32;
export declare function guestBroadcastReceive(receiver: usize): u32;
export declare function guestBroadcastTryReceive(receiver: usize): u32;
export declare function guestBroadcastLost(receiver: usize): u32;
export declare function guestBroadcastUnseen(receiver: usize): u32;
export declare function guestBroadcastLength(sender: usize): u32;

export declare function guestCreateToken(): usize;
export declare function guestCreateChildToken(handle: usize): usize;
export declare function guestCancel(handle: usize): void;
export declare function guestIsCancelled(handle: usize): bool;
export declare function guestCancelled(handle: usize): u32;

export declare function guestSelect(branches: usize, count: u32, isBiased: bool): u32;

export declare function guestNew(size: u32, classId: u32): usize;
export declare function guestNewElsewhere(size: u32, classId: u32, visitor: u32): usize;
export declare function guestResize(object: usize, size: u32, visitor: u32): usize;
export declare function guestVisit(object: usize): void;

export declare function guestListen(address: usize, units: u32): i32;
export declare function guestConnect(address: usize, units: u32): i32;
export declare function guestFinishConnect(stream: usize): bool;
export declare function guestAccept(listener: usize): i32;
export declare function guestSocketReady(socket: usize, writes: bool): u32;
export declare function guestReceiveBytes(stream: usize, at: usize, bytes: u32, peeks: bool): i32;
export declare function guestSendBytes(stream: usize, at: usize, bytes: u32): i32;
export declare function guestShutdown(stream: usize): i32;
export declare function guestSplitSocket(stream: usize): usize;
export declare function guestCloneSocket(socket: usize): usize;
export declare function guestNodelay(stream: usize, value: i32): i32;
export declare function guestSocketAddress(socket: usize, ofPeer: bool, at: usize): i32;
export declare function guestSocketError(): u32;
export declare function guestSocketErrorName(error: u32, at: usize): i32;

export declare function guestMark(): u64;
export declare function guestReset(mark: u64): bool;
export declare function guestArenaUsed(): u32;
export declare function guestLocals(): usize;
export declare function guestSetLocals(innermost: usize): void;
export declare function guestHeapAllocate(bytes: u32): usize;
export declare function guestHeapRelease(block: usize): void;
export declare function guestScratch(): usize;
