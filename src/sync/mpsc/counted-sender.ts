/**
 * What all senders of a channel for many messages have in common.
 *
 * @module
 */

import { PRIMITIVE_SENDERS, PRIMITIVE_WEAK_SENDERS } from "../../../assembly/shared/layout.ts";
import { SYNC_CLOSED, SYNC_DONE, SYNC_NO_MEMORY } from "../../../assembly/shared/verdicts.ts";
import { stakesOf } from "../../core/stakes.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import { SendingEnd } from "../channel.ts";
import { made, type Origin } from "../handle.ts";

/** A sender among others. */
export abstract class CountedSender<T> extends SendingEnd<T> {
  /** How many senders there are. */
  get strongCount(): number {
    return this.countOf(PRIMITIVE_SENDERS);
  }

  /** How many weak ones there are. */
  get weakCount(): number {
    return this.countOf(PRIMITIVE_WEAK_SENDERS);
  }

  /** @internal */
  protected another(make: "senderCreate" | "senderCreateWeak"): Origin {
    const { thread } = this;
    const address = this.primitive("clone sender");
    return made(thread, thread.core[make](address, stakesOf(thread)), "sender");
  }

  /**
   * A sender's origin, if there is a sender.
   *
   * @internal
   */
  protected upgraded(): Origin | undefined {
    const { thread } = this;
    const stake = thread.core.senderUpgrade(this.primitive("upgrade sender"), stakesOf(thread));
    return stake === SYNC_CLOSED ? undefined : made(thread, stake, "sender");
  }
}

/** Sends if that needs no wait; a verdict. What is not taken is the caller's. */
export function sendNow<T>(end: SendingEnd<T>, value: T): number {
  const { thread, codec } = end;
  const address = end.primitive("send");
  const message = codec.write(thread, value);
  const verdict = thread.core.channelTrySend(address, message);
  thread.driver.kick();
  if (verdict !== SYNC_DONE) codec.discard(thread, message);
  if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError("send");
  return verdict;
}
