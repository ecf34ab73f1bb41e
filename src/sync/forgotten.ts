/**
 * Ends of channels that are collected, and were not disposed: they are given up then, so that the
 * other end does not wait for ever. With `TOKIWA_DEBUG=1` in the environment, each is reported with
 * the place where it was made.
 *
 * To have the engine watch an object costs a microsecond, more than a oneshot's whole life. So new
 * ends are kept for a while, and only those are watched that are not given up by then.
 *
 * @module
 */

import { platform } from "#platform";
import type { Handle, Origin } from "./handle.ts";

/** After so many milliseconds an end is no longer new. A guess. */
const NEW_MS = 50;

/** So many are new at most: a garbage collection goes through all of them. A guess. */
const NEW_MAX = 1024;

/** What is known of an end once it is gone. */
interface Remains {
  readonly origin: Origin;
  /** What it was. */
  readonly name: string;
}

interface Environment {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
}

const isDebug = (globalThis as Environment).process?.env?.TOKIWA_DEBUG === "1";

/** Those that are new, at the places below `youngCount`. */
const young = new Array<Handle | undefined>(NEW_MAX).fill(undefined);
let youngCount = 0;
let isTimed = false;
/** Where ends were made, if that is to be reported. */
const madeAt = new WeakMap<Origin, Error>();

const watched = new FinalizationRegistry<Remains>(({ origin, name }) => {
  if (origin.stake === 0 || origin.thread.isClosed) return;
  const cause = madeAt.get(origin);
  if (cause !== undefined) {
    const text = `Lost ${name}: it was collected, and nobody had disposed it`;
    platform.warn(new Error(text, { cause }));
  }
  origin.giveUp(origin.stake);
});

/** Has an end given up when it is collected. Also for one that has come back from elsewhere. */
export function giveUpWhenForgotten(end: Handle): void {
  const { origin } = end;
  if (origin.isWatched) return;
  if (youngCount === NEW_MAX) watchYoung();
  young[youngCount++] = end;
  if (isDebug) madeAt.set(origin, stackOf(end.constructor.name));
  if (isTimed) return;
  isTimed = true;
  const timer: { unref?(): void } | number = setTimeout(onTime, NEW_MS);
  if (typeof timer === "object") timer.unref?.();
}

/** Where an end is made. An unread stack refers to the objects on it, and so to the end itself. */
function stackOf(name: string): Error {
  const error = new Error(`Made ${name}`);
  void error.stack;
  return error;
}

function onTime(): void {
  isTimed = false;
  watchYoung();
}

function watchYoung(): void {
  for (let place = 0; place < youngCount; place++) {
    const end = young[place] as Handle;
    young[place] = undefined;
    const { origin } = end;
    if (origin.stake === 0 || origin.isWatched) continue;
    origin.isWatched = true;
    watched.register(end, { origin, name: end.constructor.name });
  }
  youngCount = 0;
}
