/**
 * The sending end of watches.
 *
 * @module
 */

import { WATCH_RECEIVERS } from "../../../assembly/shared/layout.ts";
import { SYNC_CLOSED, SYNC_DONE, SYNC_NO_MEMORY } from "../../../assembly/shared/verdicts.ts";
import { context } from "../../core/context.ts";
import { shownBy } from "../../core/inspect.ts";
import { stakesOf } from "../../core/stakes.ts";
import { checkBody } from "../../error/check.ts";
import { SendError } from "../../error/send.ts";
import { sendable } from "../../task/send.ts";
import { SendingEnd } from "../channel.ts";
import { made, Origin } from "../handle.ts";
import { LocalSingle } from "../local-single.ts";
import { type Codec, checkCodec, slotOf, type Writer } from "../message.ts";
import { SharedMedium } from "../shared-medium.ts";
import { Receiver } from "./receiver.ts";

/** A value that is being changed. */
export interface Draft<T> {
  value: T;
}

/**
 * The right to replace the value. The watch ends once all senders are disposed.
 *
 * It belongs to one task: given to another one it moves there. For both to have one, give a
 * {@linkcode clone}.
 */
export class Sender<T> extends SendingEnd<T, SharedMedium<T>> {
  static {
    shownBy(Sender, ({ receiverCount }) => ({ receiverCount }));
  }

  get [sendable](): string {
    return "tokiwa.watch.Sender";
  }

  /** That of a new watch, which nobody receives yet: see {@linkcode channel}. */
  constructor(initial: T, codec?: Codec<T>);
  /** @internal */
  constructor(origin: Origin, medium: SharedMedium<T>);
  constructor(from: T | Origin, by: Writer<T> | SharedMedium<T> = new LocalSingle<T>()) {
    const medium = by instanceof SharedMedium ? by : new SharedMedium(by);
    super(from instanceof Origin ? from : create(from, medium.codec), medium);
  }

  /** How many receivers there are. */
  get receiverCount(): number {
    return this.thread.u32[(this.primitive("look at watch") + WATCH_RECEIVERS) >> 2] as number;
  }

  /** How many senders there are. */
  get senderCount(): number {
    return this.medium.senders(this);
  }

  /** The present value. */
  borrow(): T {
    this.thread.core.watchBorrow(this.primitive("read value"));
    return this.medium.codec.read(this.thread, slotOf(this.thread));
  }

  /**
   * Replaces the value. Never waits.
   *
   * @throws {SendError} If there are no receivers: then the value is as it was.
   * @throws {TypeError} If it is not what the watch's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T): void {
    const { thread } = this;
    const { codec } = this.medium;
    const address = this.primitive("send");
    const message = codec.encode(thread, value);
    if (thread.core.watchSend(address, message) === SYNC_CLOSED) {
      codec.discard(thread, message);
      throw new SendError(value);
    }
    this.#settle(value);
  }

  /** Replaces the value, whether anybody receives it or not. Returns the previous one. */
  sendReplace(value: T): T {
    const { thread } = this;
    const { codec } = this.medium;
    const address = this.primitive("send");
    thread.core.watchReplace(address, codec.encode(thread, value));
    const previous = codec.read(thread, slotOf(thread));
    this.#settle(value);
    return previous;
  }

  /**
   * Replaces the value by what `modify` makes of it, whether anybody receives it or not.
   *
   * Should another sender replace the value meanwhile, `modify` is called again, with that one. If
   * it throws, nobody is told; what it has done to a local object is done.
   */
  sendModify(modify: (value: T) => T): void {
    checkBody("modify value", modify);
    this.sendIfModified((draft) => {
      draft.value = modify(draft.value);
      return true;
    });
  }

  /**
   * Has `modify` change the value in a draft, and replaces it if that returns true, whether anybody
   * receives it or not. Returns what it has said. Otherwise as {@linkcode sendModify}.
   */
  sendIfModified(modify: (draft: Draft<T>) => boolean): boolean {
    checkBody("modify value", modify);
    const { thread } = this;
    const { codec } = this.medium;
    // Ends when no other sender comes between.
    for (;;) {
      const seen = thread.core.watchBorrow(this.primitive("modify value"));
      const draft = { value: codec.read(thread, slotOf(thread)) };
      if (!modify(draft)) return false;
      const address = this.primitive("modify value");
      const message = codec.encode(thread, draft.value);
      const isReplaced = thread.core.watchReplaceIf(address, seen, message) === SYNC_DONE;
      const rest = isReplaced ? (thread.u32[slotOf(thread) >> 2] as number) : Number(message);
      if (codec.blocks) thread.core.release(rest);
      if (!isReplaced) continue;
      this.#settle(draft.value);
      return true;
    }
  }

  /** A receiver that has seen the present value. */
  subscribe(): Receiver<T> {
    const { thread } = this;
    const stake = thread.core.watchSubscribe(this.primitive("subscribe"), stakesOf(thread));
    return new Receiver(made(thread, stake, "receiver"), this.medium);
  }

  /** Another sender, for another task. */
  clone(): Sender<T> {
    return new Sender(this.medium.addSender(this), this.medium);
  }

  /** It is the value now: those who were told of it look at it later. */
  #settle(value: T): void {
    if (this.medium.codec instanceof LocalSingle) this.medium.codec.value = value;
    this.thread.driver.kick();
  }
}

function create<T>(initial: T, codec: Writer<T>): Origin {
  checkCodec("make watch", codec);
  const { thread } = context();
  const message = codec.encode(thread, initial);
  const stake = thread.core.watchCreate(message, codec.blocks, stakesOf(thread));
  if (stake === SYNC_NO_MEMORY) codec.discard(thread, message);
  if (codec instanceof LocalSingle) codec.value = initial;
  return made(thread, stake, "watch");
}
