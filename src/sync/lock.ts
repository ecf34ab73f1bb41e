/**
 * What mutexes and locks for readers and writers have in common: a value in a cell, and guards.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { unexpected, wrongType } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { granted } from "../future/granted.ts";
import type { Cell, Hold } from "./cell.ts";
import { SharedHandle } from "./handle.ts";
import { LocalCell } from "./local-cell.ts";
import { Codec } from "./message.ts";

/** Where a lock's value is, and what that is called on the way to other tasks. */
export class Content<T> {
  readonly cell: Cell<T>;
  /** Undefined if it cannot leave its worker. */
  readonly of: string | undefined;

  constructor(cell: Cell<T>, of: string | undefined) {
    this.cell = cell;
    this.of = of;
  }

  /** That of a new lock. */
  static make<T>(
    action: string,
    value: T,
    permits: number,
    codec: Codec<T> | undefined,
  ): Content<T> {
    if (codec === undefined) return new Content(new LocalCell(value, permits), undefined);
    const place = codec instanceof Codec ? codec.place : undefined;
    if (place !== undefined) {
      return new Content(codec.cell(action, value, permits, place), codec.name);
    }
    const found = codec instanceof Codec ? codec.name : codec;
    throw wrongType(action, "codec", "that of a number, a struct or an array", found);
  }
}

/** A value in a cell, of which each worker that knows it has a handle of its own. */
export abstract class Lock<T> implements Disposable {
  /** Undefined once it was disposed. */
  #cell: Cell<T> | undefined;
  /** @internal */
  readonly of: string | undefined;

  /** @internal */
  constructor(content: Content<T>) {
    this.#cell = content.cell;
    this.of = content.of;
  }

  /**
   * Gives this worker's handle up, which needs not be done. Guards that are out stay good, and so
   * do the handles of others.
   */
  [Symbol.dispose](): void {
    const cell = this.#cell;
    this.#cell = undefined;
    cell?.leave();
  }

  /**
   * Its handle, if it can be shared.
   *
   * @internal
   */
  get shared(): SharedHandle | undefined {
    return this.#cell instanceof SharedHandle ? this.#cell : undefined;
  }

  /**
   * Why it cannot be shared with another task of `runtime` now.
   *
   * @internal
   */
  refuse(thread: Thread | undefined): string | undefined {
    const { name } = this.constructor;
    if (this.#cell === undefined) return `a ${name} that was disposed`;
    if (this.shared === undefined) return `a ${name} without a codec`;
    const isAtHome = thread === undefined || thread === this.shared.thread;
    return isAtHome ? undefined : `a ${name} of another runtime`;
  }

  /** @internal */
  protected cell(action: string): Cell<T> {
    if (this.#cell !== undefined) return this.#cell;
    throw new ClosedError(`Cannot ${action}: the ${this.constructor.name} was disposed`);
  }

  /**
   * Takes the value out, and ends the lock.
   *
   * @throws {Error} If anybody has a guard, or waits for one; of a lock with a codec, also if
   * anybody else has a handle.
   */
  intoInner(): T {
    const action = "take value out";
    const value = this.cell(action).intoInner(action);
    this.#cell = undefined;
    return value;
  }
}

/** The right to use a value, until it is disposed; twice is harmless. */
export abstract class Guard<T> implements Disposable {
  /** Undefined once another guard has it. */
  #hold: Hold<T> | undefined;

  /** @internal */
  get [granted](): true {
    return true;
  }

  /** @internal */
  constructor(hold: Hold<T>) {
    this.#hold = hold;
  }

  /**
   * The value. With a codec, an object is the very one in shared memory: what is done to it is
   * done at once, and it is not to be used once the guard is disposed.
   */
  get value(): T {
    return this.hold("read value").value;
  }

  /** Lets the next one in line have the value. */
  [Symbol.dispose](): void {
    this.#hold?.giveBack();
  }

  /** @internal */
  protected hold(action: string): Hold<T> {
    if (this.#hold !== undefined) return this.#hold;
    throw new ClosedError(`Cannot ${action}: another guard was made of this one`);
  }

  /**
   * Takes the hold out, for another guard.
   *
   * @internal
   */
  protected detach(action: string): Hold<T> {
    const hold = this.hold(action);
    this.#hold = undefined;
    return hold;
  }

  /**
   * Takes the hold out for a part of the value.
   *
   * @internal
   */
  protected detachPart<U>(select: (value: T) => U): Hold<U> {
    const part = this.#select(select);
    return new PartOf(this.detach("map guard"), part);
  }

  /**
   * The same, unless there is no such part.
   *
   * @internal
   */
  protected detachPartIf<U>(select: (value: T) => U | undefined): Hold<U> | undefined {
    const part = this.#select(select);
    return part === undefined ? undefined : new PartOf(this.detach("map guard"), part);
  }

  #select<U>(select: (value: T) => U): U {
    const { value } = this.hold("map guard");
    if (typeof select === "function") return select(value);
    throw unexpected("map guard", "a function", select);
  }
}

/** A part of what another hold is for. */
class PartOf<T> implements Hold<T> {
  readonly #whole: Hold<unknown>;
  readonly #part: T;

  constructor(whole: Hold<unknown>, part: T) {
    this.#whole = whole;
    this.#part = part;
  }

  get value(): T {
    void this.#whole.value; // It throws if it was given up.
    return this.#part;
  }

  keepOnly(permits: number): void {
    this.#whole.keepOnly(permits);
  }

  giveBack(): void {
    this.#whole.giveBack();
  }
}
