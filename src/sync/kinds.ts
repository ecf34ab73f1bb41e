/**
 * All that may move between workers besides plain data: what each kind becomes where it arrives.
 *
 * *Why not beside each class*: a program could not use one without loading what only those need
 * that have portable tasks or guests.
 *
 * @module
 */

import { PERMITS_MAX } from "../../assembly/shared/limits.ts";
import { registerSendable, sendable } from "../task/send.ts";
import { Instant } from "../time/instant.ts";
import { Barrier } from "./barrier.ts";
import * as broadcast from "./broadcast.ts";
import { CancellationToken } from "./cancellation-token.ts";
import { codecNamed } from "./codecs.ts";
import type { Origin } from "./handle.ts";
import { Content } from "./lock.ts";
import * as mpsc from "./mpsc.ts";
import { Mutex } from "./mutex.ts";
import { Notify } from "./notify.ts";
import { OnceCell } from "./once-cell.ts";
import * as oneshot from "./oneshot.ts";
import type { Place } from "./place.ts";
import { RwLock } from "./rwlock.ts";
import { Semaphore } from "./semaphore.ts";
import { SetOnce } from "./set-once.ts";
import { SharedCell } from "./shared-cell.ts";
import { SharedMedium } from "./shared-medium.ts";
import { registerEnd, registerShared } from "./transfer.ts";
import * as watch from "./watch.ts";

let areKnown = false;

/**
 * Makes all kinds known. Called before anybody can send one: where it arrives, it may have to be
 * given up before the module is imported that it is for.
 */
export function registerKinds(): void {
  if (areKnown) return;
  areKnown = true;
  registerSignals();
  registerValues();
  registerChannels();
  registerSendable<Instant, number>(Instant.prototype[sendable], {
    is: (value) => value instanceof Instant,
    detach: (instant) => instant.valueOf(),
    restore() {},
    adopt: (ms) => new Instant(ms),
    discard() {},
  });
}

function registerSignals(): void {
  registerShared(Semaphore, (origin) => new Semaphore(origin));
  registerShared(Notify, (origin) => new Notify(origin));
  registerShared(CancellationToken, (origin) => new CancellationToken(origin));
  registerShared(Barrier, (origin) => new Barrier(origin));
}

function registerValues(): void {
  registerShared<OnceCell<unknown>>(OnceCell, (origin, of) => {
    return new OnceCell(origin, codecNamed(of));
  });
  registerShared<SetOnce<unknown>>(SetOnce, (origin, of) => new SetOnce(origin, codecNamed(of)));
  registerShared(Mutex, (origin, of) => {
    return new Mutex<unknown>(new Content(cellOf(origin, 1, of), of));
  });
  registerShared(RwLock, (origin, of) => {
    const [, type = of, limit = PERMITS_MAX] = /^(.+), (\d+)$/.exec(of) ?? [];
    return new RwLock<unknown>(new Content(cellOf(origin, Number(limit), type), of));
  });
}

/** That of a lock of another worker's. */
function cellOf(origin: Origin, permits: number, type: string): SharedCell<unknown> {
  return new SharedCell(origin, permits, codecNamed(type).place as Place<unknown>);
}

function registerChannels(): void {
  const queueOf = (of: string) => codecNamed(of).queue();
  const slotOf = (of: string) => codecNamed(of).slot();
  const mediumOf = (of: string) => new SharedMedium(codecNamed(of));
  const { Sender, WeakSender, UnboundedSender, WeakUnboundedSender, Receiver } = mpsc;
  registerEnd(Sender, (origin, of) => new Sender(origin, queueOf(of)));
  registerEnd(WeakSender, (origin, of) => new WeakSender(origin, queueOf(of)));
  registerEnd(UnboundedSender, (origin, of) => new UnboundedSender(origin, queueOf(of)));
  registerEnd(WeakUnboundedSender, (origin, of) => new WeakUnboundedSender(origin, queueOf(of)));
  registerEnd(Receiver, (origin, of) => new Receiver(origin, queueOf(of)));
  registerEnd(oneshot.Sender, (origin, of) => new oneshot.Sender(origin, slotOf(of)));
  registerEnd(oneshot.Receiver, (origin, of) => new oneshot.Receiver(origin, slotOf(of)));
  registerEnd(broadcast.Sender, (origin, of) => new broadcast.Sender(origin, mediumOf(of)));
  registerEnd(broadcast.WeakSender, (origin, of) => new broadcast.WeakSender(origin, mediumOf(of)));
  registerEnd(broadcast.Receiver, (origin, of) => new broadcast.Receiver(origin, mediumOf(of)));
  registerEnd(watch.Sender, (origin, of) => new watch.Sender(origin, mediumOf(of)));
  registerEnd(watch.Receiver, (origin, of) => new watch.Receiver(origin, mediumOf(of)));
}
