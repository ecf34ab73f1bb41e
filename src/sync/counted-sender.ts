/**
 * What senders have in common that there may be many of.
 *
 * @module
 */

import { SendingEnd } from "./channel.ts";
import type { Medium } from "./medium.ts";

/** A sender among others. */
export abstract class CountedSender<T, M extends Medium = Medium> extends SendingEnd<T, M> {
  /** How many senders there are. */
  get strongCount(): number {
    return this.medium.senders(this);
  }

  /** How many weak ones there are. */
  get weakCount(): number {
    return this.medium.weakSenders(this);
  }
}
