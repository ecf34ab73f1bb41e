/**
 * What a thread hears of sockets: of its own, and of those of guests, which all threads share.
 *
 * @module
 */

import type { SharedReactor, Thread } from "../core/thread.ts";

export class IoDriver {
  readonly #thread: Thread;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** May this thread sleep here? Otherwise the event loop serves its sockets. */
  get canSleep(): boolean {
    return !this.#hasOwn || this.#thread.reactor?.canSleep === true;
  }

  /** Takes what is ready. */
  poll(): void {
    this.#thread.reactor?.poll(0);
    const guests = this.#thread.guests?.openReactor();
    if (!guests?.tryTake()) return;
    guests.wait(0);
    guests.deliver();
    guests.leave();
  }

  /**
   * Is there anything to listen to in a sleep? If it is the sockets of guests, no other thread
   * listens to these until {@linkcode IoDriver.endWatch}.
   */
  beginWatch(): boolean {
    const guests = this.#thread.guests?.openReactor();
    return guests?.tryTake() === true || this.#hasOwn;
  }

  endWatch(): void {
    this.#thread.guestReactor?.leave();
  }

  /** Sleeps until there is news, during a watch. Then call {@linkcode IoDriver.deliver}. */
  sleep(timeoutMs: number): void {
    const { reactor } = this.#thread;
    const guests = this.#guests;
    if (reactor === undefined || !this.#hasOwn) {
      guests?.wait(timeoutMs);
      return;
    }
    guests?.nestIn(reactor.pollFd);
    reactor.poll(timeoutMs);
    guests?.wait(0);
  }

  /** Hands on what has come in the sleep, once the thread counts as awake: it wakes others. */
  deliver(): void {
    this.#guests?.deliver();
  }

  /** Has news wake this thread out of its event loop. */
  wakeLoop(): void {
    if (this.#hasOwn) this.#thread.reactor?.watch();
    this.#guests?.watch();
  }

  get #hasOwn(): boolean {
    return (this.#thread.reactor?.sockets ?? 0) > 0;
  }

  /** The reactor of guests' sockets, if this thread is the one that listens. */
  get #guests(): SharedReactor | undefined {
    const { guestReactor } = this.#thread;
    return guestReactor?.isTaken ? guestReactor : undefined;
  }
}
