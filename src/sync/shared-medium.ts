/**
 * What ends of channels with a codec are ends of: a primitive of the core.
 *
 * @module
 */

import {
  PRIMITIVE_CLOSED,
  PRIMITIVE_SENDERS,
  PRIMITIVE_WEAK_SENDERS,
} from "../../assembly/shared/layout.ts";
import { SYNC_CLOSED } from "../../assembly/shared/verdicts.ts";
import { primitiveOf, stakesOf } from "../core/stakes.ts";
import type { Future } from "../future/future.ts";
import { type Handle, made, type Origin } from "./handle.ts";
import type { Medium } from "./medium.ts";
import { LocalCodec, type Writer } from "./message.ts";
import { AGAIN, Wait } from "./wait.ts";

const LOOK = "look at channel";

export class SharedMedium<T> implements Medium {
  readonly codec: Writer<T>;

  constructor(codec: Writer<T>) {
    this.codec = codec;
  }

  get of(): string | undefined {
    return this.codec instanceof LocalCodec ? undefined : this.codec.name;
  }

  identity(end: Handle, action: string): unknown {
    return end.primitive(action);
  }

  isClosed(end: Handle): boolean {
    return Boolean(end.thread.core.channelIsClosed(end.primitive(LOOK)));
  }

  closed(end: Handle): Future<void> {
    return new Closed(end);
  }

  senders(end: Handle): number {
    return end.thread.u32[(end.primitive(LOOK) + PRIMITIVE_SENDERS) >> 2] as number;
  }

  weakSenders(end: Handle): number {
    return end.thread.u32[(end.primitive(LOOK) + PRIMITIVE_WEAK_SENDERS) >> 2] as number;
  }

  addSender(end: Handle): Origin {
    return another(end, "senderCreate");
  }

  addWeakSender(end: Handle): Origin {
    return another(end, "senderCreateWeak");
  }

  upgrade(end: Handle): Origin | undefined {
    const { thread } = end;
    const stake = thread.core.senderUpgrade(end.primitive("upgrade sender"), stakesOf(thread));
    return stake === SYNC_CLOSED ? undefined : made(thread, stake, "sender");
  }
}

function another(end: Handle, make: "senderCreate" | "senderCreateWeak"): Origin {
  const { thread } = end;
  return made(thread, thread.core[make](end.primitive("clone sender"), stakesOf(thread)), "sender");
}

class Closed extends Wait<void> {
  protected get action() {
    return "wait for the close";
  }

  readonly #end: Handle;

  constructor(end: Handle) {
    super(end.thread);
    this.#end = end;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.primitiveClosed(this.#end.primitive(this.action), stakesOf(this.thread), target);
  }

  protected override settle(): void {}

  protected override finish(stake: number): void | typeof AGAIN {
    const isClosed = this.thread.bytes[primitiveOf(this.thread, stake) + PRIMITIVE_CLOSED];
    this.giveUp(stake);
    // Of a broadcast or a watch: somebody has subscribed meanwhile.
    if (!isClosed) return AGAIN;
  }
}
