/**
 * The receiving ends of broadcasts.
 *
 * @module
 */

import { SYNC_BLOCKED, SYNC_CLOSED, SYNC_LAGGED } from "../../../assembly/shared/verdicts.ts";
import { shownBy } from "../../core/inspect.ts";
import { stakesOf } from "../../core/stakes.ts";
import { ClosedError } from "../../error/closed.ts";
import { LaggedError } from "../../error/lagged.ts";
import { blockOn } from "../../future/block-on.ts";
import type { Future } from "../../future/future.ts";
import { type WaitOptions, withSignal } from "../../future/with-signal.ts";
import { sendable } from "../../task/send.ts";
import type { End } from "../channel.ts";
import { made } from "../handle.ts";
import { END, iterate } from "../iterate.ts";
import { ListeningEnd, ListeningWait } from "../listening.ts";
import { LocalRing } from "../local-ring.ts";
import { Disconnected, Empty } from "../medium.ts";
import { slotOf } from "../message.ts";
import type { SharedMedium } from "../shared-medium.ts";
import { AGAIN } from "../wait.ts";

/**
 * The right to receive all that is sent since it was made, in the order of sending: by
 * {@linkcode recv}, or with `for await`. Dispose it when it is not read any more: messages are kept
 * for it.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Receiver<T> extends ListeningEnd<T> implements AsyncIterable<T> {
  static {
    shownBy(Receiver, ({ isClosed, length }) => ({ isClosed, length }));
  }

  get [sendable](): string {
    return "tokiwa.broadcast.Receiver";
  }

  /** How many messages it has not seen, those included that it will find lost. */
  get length(): number {
    return this.thread.core.broadcastUnseen(this.stake("look at broadcast"));
  }

  /** Has it seen all that was sent? */
  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** How many senders there are. */
  get senderStrongCount(): number {
    return this.medium.senders(this);
  }

  /** How many weak ones there are. */
  get senderWeakCount(): number {
    return this.medium.weakSenders(this);
  }

  /**
   * Waits for the next message.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @throws {LaggedError} If messages are lost, once for all that are. It can go on with the oldest
   * that is kept.
   * @throws {ClosedError} If all senders are gone and all messages were seen.
   */
  recv(options?: WaitOptions): Future<T> {
    return withSignal("receive", new Listening<T, never>(this, ended), options);
  }

  /**
   * As {@linkcode recv}, with this thread asleep until there is a message: in a blocking job, or
   * outside of all tasks.
   *
   * @throws {LaggedError} As {@linkcode recv}.
   * @throws {ClosedError} As {@linkcode recv}.
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingRecv(): T {
    return blockOn(this.thread, this.recv());
  }

  /**
   * The next message, if there is one now.
   *
   * @throws {LaggedError} As {@linkcode recv}.
   */
  tryRecv(): T | typeof Empty | typeof Disconnected {
    const verdict = this.thread.core.broadcastTryReceive(this.stake("receive"));
    return verdict === SYNC_BLOCKED ? Empty : this.take(verdict, disconnected);
  }

  /** Another receiver, of what is sent from now on. */
  resubscribe(): Receiver<T> {
    return subscribe(this);
  }

  /**
   * All messages up to the end. Leaving the loop leaves the receiver as it is, and so does a
   * `LaggedError`, after which another loop may go on.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return iterate(() => new Listening<T, typeof END>(this, () => END));
  }

  /**
   * What a verdict of the core stands for.
   *
   * @internal
   */
  take<N>(verdict: number, none: () => N): T | N {
    const { thread } = this;
    if (verdict === SYNC_CLOSED) return none();
    const at = slotOf(thread);
    if (verdict !== SYNC_LAGGED) return this.medium.codec.read(thread, at);
    const [low, high] = [thread.u32[at >> 2] as number, thread.u32[(at >> 2) + 1] as number];
    throw new LaggedError(high * 2 ** 32 + low);
  }

  override [Symbol.dispose](): void {
    const { codec } = this.medium;
    const { stake } = this.origin;
    if (stake !== 0 && codec instanceof LocalRing) {
      codec.leave(this.thread, this.thread.core.broadcastUnseen(stake));
    }
    super[Symbol.dispose]();
  }
}

function disconnected(): typeof Disconnected {
  return Disconnected;
}

function ended(): never {
  throw new ClosedError("Cannot receive: all senders are gone");
}

/** Waits for the next message, or for `none` if no more will come. */
class Listening<T, N> extends ListeningWait<T | N> {
  protected readonly action = "receive";
  declare protected readonly receiver: Receiver<T>;
  readonly #none: () => N;

  constructor(receiver: Receiver<T>, none: () => N) {
    super(receiver);
    this.#none = none;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.broadcastReceive(this.receiver.stake(this.action), stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): T | N {
    return this.receiver.take(verdict, this.#none);
  }

  protected override finish(stake: number): typeof AGAIN {
    this.giveUp(stake);
    return AGAIN;
  }
}

/** A receiver of what is sent from now on, where `end` is one. */
export function subscribe<T>(end: End<T, SharedMedium<T>>): Receiver<T> {
  const { thread } = end;
  const stake = thread.core.broadcastSubscribe(end.primitive("subscribe"), stakesOf(thread));
  return new Receiver(made(thread, stake, "receiver"), end.medium);
}
