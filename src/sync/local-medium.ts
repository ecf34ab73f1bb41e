/**
 * What ends of channels without a codec are ends of: plain objects of their worker.
 *
 * *Why not over the core, as what is shared*: a message would take three times as long, and what
 * nobody else can reach needs no memory that others share.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { PENDING, type Pending } from "../future/future.ts";
import { type Handle, Origin } from "./handle.ts";
import { Line, LineWait } from "./line.ts";
import type { Medium } from "./medium.ts";

type Role = "sender" | "weakSender" | "receiver";

/** One end's part in a channel of this worker. Its stake is 1 while it has that. */
class LocalPart extends Origin {
  readonly #medium: LocalMedium;
  readonly #role: Role;

  constructor(medium: LocalMedium, role: Role) {
    super(medium.thread, 1);
    this.#medium = medium;
    this.#role = role;
  }

  override giveUp(stake: number): void {
    if (stake !== 0 && !this.thread.isClosed) this.#medium.leave(this.#role);
  }
}

export abstract class LocalMedium implements Medium {
  readonly of = undefined;
  readonly thread: Thread;
  /** Will nobody take what is sent from now on? Once set, it stays, but of a broadcast or watch. */
  isShut = false;
  /** Those who wait for that. Made for the first of them. */
  closers: Line | undefined;
  #senders = 0;
  #weakSenders = 0;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  abstract isClosed(end: Handle): boolean;
  /** The last sender has gone. */
  protected abstract onSendersGone(): void;
  protected abstract onReceiverGone(): void;

  get hasSenders(): boolean {
    return this.#senders > 0;
  }

  identity(end: Handle, action: string): unknown {
    end.stake(action);
    return this;
  }

  closed(end: Handle): Closed {
    return new Closed(end, this);
  }

  senders(end: Handle): number {
    end.stake("look at channel");
    return this.#senders;
  }

  weakSenders(end: Handle): number {
    end.stake("look at channel");
    return this.#weakSenders;
  }

  addSender(end: Handle): Origin {
    end.stake("clone sender");
    return this.firstSender();
  }

  addWeakSender(end: Handle): Origin {
    end.stake("clone sender");
    this.#weakSenders += 1;
    return new LocalPart(this, "weakSender");
  }

  upgrade(end: Handle): Origin | undefined {
    end.stake("upgrade sender");
    return this.hasSenders ? this.firstSender() : undefined;
  }

  /** Without an end at hand: for whoever makes the channel. */
  firstSender(): Origin {
    this.#senders += 1;
    return new LocalPart(this, "sender");
  }

  receiver(): Origin {
    return new LocalPart(this, "receiver");
  }

  /** An end has been given up. */
  leave(role: Role): void {
    if (role === "receiver") this.onReceiverGone();
    else if (role === "weakSender") this.#weakSenders -= 1;
    else {
      this.#senders -= 1;
      if (this.#senders === 0) this.onSendersGone();
    }
  }
}

class Closed extends LineWait<void> {
  protected get action() {
    return "wait for the close";
  }

  readonly #medium: LocalMedium;

  constructor(end: Handle, medium: LocalMedium) {
    super(end);
    this.#medium = medium;
  }

  protected override ask(): void | Pending {
    this.end.stake(this.action);
    return this.#medium.isShut ? undefined : this.#wait();
  }

  #wait(): Pending {
    this.#medium.closers ??= new Line();
    return this.join(this.#medium.closers);
  }

  protected override askNow(): void | Pending {
    return this.#medium.isShut ? undefined : PENDING;
  }
}
