/**
 * What senders have in common that there may be many of.
 *
 * @module
 */

import { PRIMITIVE_SENDERS, PRIMITIVE_WEAK_SENDERS } from "../../assembly/shared/layout.ts";
import { SYNC_CLOSED } from "../../assembly/shared/verdicts.ts";
import { stakesOf } from "../core/stakes.ts";
import { SendingEnd } from "./channel.ts";
import { made, type Origin } from "./handle.ts";

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
