/**
 * Values that are set once, and then stay.
 *
 * @module
 */

import { PRIMITIVE_CLOSED } from "../../assembly/shared/layout.ts";
import { SYNC_DONE, SYNC_NO_MEMORY, SYNC_STAKE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { stakesOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { made, Origin, SharedHandle } from "./handle.ts";
import { LocalSingle } from "./local-single.ts";
import { type Codec, checkCodec, LocalCodec, slotOf, type Writer } from "./message.ts";

/** How many bytes a number takes. */
const NUMBER_BYTES = 8;

/** A value that is set once. */
export abstract class Once<T> extends SharedHandle {
  /** @internal */
  readonly codec: Writer<T>;

  /** @internal */
  constructor(from: Origin | Codec<T> | undefined, codec: Codec<T> | undefined) {
    super(from instanceof Origin ? from : create(from));
    this.codec = codec ?? (from instanceof Origin ? undefined : from) ?? new LocalSingle<T>();
  }

  /** @internal */
  override get of(): string | undefined {
    return this.codec instanceof LocalCodec ? undefined : this.codec.name;
  }

  /** @internal */
  override refuse(thread: Thread | undefined): string | undefined {
    const { name } = this.constructor;
    return (
      super.refuse(thread) ?? (this.of === undefined ? `a ${name} without a codec` : undefined)
    );
  }

  /** Was it set? */
  get isInitialized(): boolean {
    return this.thread.bytes[this.primitive("look at value") + PRIMITIVE_CLOSED] !== 0;
  }

  /** The value: of one with a codec, a copy. Undefined if it was not set yet. */
  get(): T | undefined {
    const { thread, codec } = this;
    if (codec instanceof LocalSingle) {
      this.stake("read value");
      return codec.value as T | undefined;
    }
    if (thread.core.onceLend(this.primitive("read value")) !== SYNC_DONE) return undefined;
    if (codec.blocks) return codec.read(thread, slotOf(thread));
    const block = thread.u32[slotOf(thread) >> 2] as number;
    const value = codec.read(thread, block);
    thread.core.release(block);
    return value;
  }

  /** The value, if it was set. The handle is given up. */
  intoInner(): T | undefined {
    const value = this.get();
    this[Symbol.dispose]();
    return value;
  }

  /**
   * Takes the right to set the value: a stake; or BLOCKED if somebody else has it, CLOSED.
   *
   * @internal
   */
  protected begin(): number {
    const { thread } = this;
    const address = this.primitive("set value");
    const permit = thread.core.semaphoreTryAcquire(address, 1, stakesOf(thread));
    if (permit === SYNC_NO_MEMORY) throw new OutOfMemoryError("set value");
    return permit;
  }

  /**
   * Sets the value, by the right to do so, which is given up.
   *
   * @internal
   * @throws {TypeError} If it is not what the codec is for.
   */
  protected fill(permit: number, value: T): void {
    const { thread, codec } = this;
    try {
      thread.core.onceSet(permit, blockOf(thread, codec, value));
      if (codec instanceof LocalSingle) codec.value = value;
    } finally {
      thread.core.stakeDrop(permit);
      thread.driver.kick();
    }
  }

  /** @internal */
  protected fillIf(permit: number, value: T): boolean {
    if (permit < SYNC_STAKE) return false;
    this.fill(permit, value);
    return true;
  }
}

/** The core's part: a semaphore of one permit, for whoever sets the value. */
function create<T>(codec: Codec<T> | undefined): Origin {
  checkCodec("make cell", codec);
  const { thread } = context();
  return made(thread, thread.core.semaphoreCreate(1, 0, stakesOf(thread)), "cell");
}

/** A block with the value, as guests lay it out; 0 for a local one. */
function blockOf<T>(thread: Thread, codec: Writer<T>, value: T): number {
  const message = codec.encode(thread, value);
  if (codec.blocks) return Number(message);
  if (codec instanceof LocalCodec) return 0;
  const block = thread.core.allocate(NUMBER_BYTES);
  if (block === 0) throw new OutOfMemoryError("set value");
  thread.view.setBigUint64(block, message, true);
  return block;
}
