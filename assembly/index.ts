/**
 * Every function that the host or a guest may call, and nothing else; see `src/core/exports.ts`.
 * Where there are sockets, `exports/sockets.ts` is a second entry.
 */
import * as io from "./io/readiness";
import * as heap from "./memory/heap";
import * as region from "./memory/region";
import { unpark as unparkWorker, wait } from "./queue/park";
import { workerAt } from "./queue/submit";
import * as burial from "./scheduler/burial";
import * as finish from "./scheduler/finish";
import * as guest from "./scheduler/guest";
import * as lifecycle from "./scheduler/lifecycle";
import * as shutdownRoom from "./scheduler/shutdown";
import * as scheduler from "./scheduler/turn";
import { TASK_TOKEN } from "./shared/layout";
import {
  SUSPENDED,
  SUSPENDED_CANCELLED,
  SUSPENDED_QUEUED,
  TURN_MORE,
  WAITER_ARMED,
} from "./shared/verdicts";
import * as waiters from "./sync/waiter";
import { Waiter } from "./sync/waiter";
import { now } from "./sys/host";
import { myWorker } from "./sys/self";
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

export function enableGuests(): bool {
  return lifecycle.enableGuests();
}

export function turn(now: f64, driversPolled: bool): u32 {
  return scheduler.turn(now, driversPolled);
}

export function parkBegin(mode: u32, now: f64): bool {
  return lifecycle.parkBegin(mode, now);
}

export function parkWait(mode: u32, timeoutMs: f64): void {
  wait(myWorker, mode, timeoutMs);
}

export function parkAndTurn(mode: u32, timeoutMs: f64): u32 {
  wait(myWorker, mode, timeoutMs);
  const moment = now();
  lifecycle.parkEnd(moment);
  return lifecycle.lacksGuests() ? TURN_MORE : scheduler.turn(moment, true);
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

export function refusePortable(task: usize): void {
  finish.refuse(task);
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

export function trappedTask(): usize {
  const task = guest.trapped();
  if (task != 0) burial.mend();
  return task;
}

export function endTrapped(task: usize, kind: u32, block: usize, size: u32, number: f64): void {
  guest.endTrapped(task, kind, block, size, number);
}

export * from "./exports/guest";
export * from "./exports/sync";
export { spawnFromHost as spawnGuest } from "./scheduler/guest";
export { handleOf as handleForGuest } from "./scheduler/guest-handle";
export { asyncifyData, asyncifyState } from "./task/asyncify";
