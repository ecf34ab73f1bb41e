/**
 * What all of this room have in common: a handle is this worker's share in something of the core's,
 * of which other workers, and guests, may have theirs.
 *
 * @module
 */

import { SYNC_NO_MEMORY } from "../../assembly/shared/verdicts.ts";
import { primitiveOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";

/** What handles are made of: a stake, and the thread in whose list it stands. */
export class Origin {
  // Declared, not defined, as in handles: else to make one takes twice as long. For the same reason
  // what most never need takes room only in the others.
  declare readonly thread: Thread;
  /** 0 once it is given up, or has moved. */
  declare stake: number;
  /** Who has the stake, if it has moved. */
  declare movedTo?: string | undefined;
  /** Set if the engine tells when the handle is collected. */
  declare isWatched?: true;

  constructor(thread: Thread, stake: number) {
    this.thread = thread;
    this.stake = stake;
  }

  /** Gives up a stake that was taken out of it, if it is one. */
  giveUp(stake: number): void {
    if (stake === 0 || this.thread.isClosed) return;
    this.thread.core.stakeDrop(stake);
    this.thread.driver.kick();
  }
}

/** The origin of what the core has just made. */
export function made(thread: Thread, stake: number, what: string): Origin {
  if (stake === SYNC_NO_MEMORY) throw new OutOfMemoryError(`make ${what}`);
  return new Origin(thread, stake);
}

/** Why there is no stake in it. */
function absenceOf({ movedTo }: Origin): string {
  return movedTo === undefined ? "was disposed" : `has moved to ${movedTo}`;
}

/** Handles that nobody misses before they are collected. */
const forgotten = new FinalizationRegistry<Origin>((origin) => origin.giveUp(origin.stake));

/** Dispose it to give it up: disposing twice is harmless. */
export abstract class Handle implements Disposable {
  /** @internal */
  declare readonly thread: Thread;
  /** @internal */
  declare readonly origin: Origin;

  /** @internal */
  constructor(origin: Origin) {
    this.thread = origin.thread;
    this.origin = origin;
  }

  /** Gives it up. It must not be used again. */
  [Symbol.dispose](): void {
    const { origin } = this;
    const { stake } = origin;
    origin.stake = 0;
    if (origin.movedTo !== undefined) origin.movedTo = undefined;
    origin.giveUp(stake);
  }

  /**
   * The stake, for what needs it itself.
   *
   * @internal
   * @throws {ClosedError} If the handle was given up, or its runtime is no more.
   */
  stake(action: string): number {
    const { stake } = this.origin;
    if (stake === 0) {
      throw new ClosedError(
        `Cannot ${action}: the ${this.constructor.name} ${absenceOf(this.origin)}`,
      );
    }
    if (this.thread.isClosed) throw new ClosedError(`Cannot ${action}: the runtime is shut down`);
    return stake;
  }

  /**
   * The address of what it is a handle of. Throws as {@linkcode stake}.
   *
   * @internal
   */
  primitive(action: string): number {
    return primitiveOf(this.thread, this.stake(action));
  }

  /**
   * Takes the stake out of the handle: whoever gets it gives it up. 0 if it has none.
   *
   * @internal
   */
  detach(to = "another task"): number {
    const { stake } = this.origin;
    this.origin.stake = 0;
    this.origin.movedTo = to;
    return stake;
  }

  /**
   * Undoes {@linkcode detach}.
   *
   * @internal
   */
  attach(stake: number): void {
    this.origin.stake = stake;
    this.origin.movedTo = undefined;
  }

  /**
   * Why it cannot move to another task of `runtime` now.
   *
   * @internal
   */
  refuse(thread: Thread | undefined): string | undefined {
    const { name } = this.constructor;
    if (this.origin.stake === 0) return `a ${name} that ${absenceOf(this.origin)}`;
    const isAtHome = thread === undefined || thread === this.thread;
    return isAtHome ? undefined : `a ${name} of another runtime`;
  }
}

/**
 * A handle of something that has no ends: whoever gets one shares it, and nothing is to be seen of
 * its going. So it need not be disposed.
 */
export abstract class SharedHandle extends Handle {
  /** @internal */
  constructor(origin: Origin) {
    super(origin);
    forgotten.register(this, origin);
  }

  /** @internal */
  get shared(): this {
    return this;
  }

  /**
   * What its values are called on the way to another task; undefined if it has none.
   *
   * @internal
   */
  get of(): string | undefined {
    return undefined;
  }
}
