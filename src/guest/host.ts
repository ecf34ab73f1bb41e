/**
 * What a thread does for guests: it makes their instances, and answers what they and the core ask.
 *
 * *Why not for every thread from the start*: most programs have no guests, and a page should not
 * have to load what it does not use.
 *
 * @module
 */

import { RUNTIME_GUESTS } from "../../assembly/shared/layout.ts";
import { installGuests } from "../core/guests.ts";
import type { GuestCalls } from "../core/load.ts";
import { WASI } from "../core/manifest.ts";
import type { GuestHost, GuestImports, SharedReactor, Thread } from "../core/thread.ts";
import { guestReactorOf, guestSocketImports } from "../net/guest-sockets.ts";
import { rethrow, takeCall } from "./calls.ts";
import { reportFailure, throwFailure } from "./failure.ts";
import { libraryOf } from "./library.ts";
import { endTrapped } from "./trap.ts";
import { wasiOf } from "./wasi.ts";

export class ThreadGuestHost implements GuestHost {
  readonly imports: GuestImports;
  readonly calls: GuestCalls;
  readonly #thread: Thread;
  /** Where the newest guest of the runtime is named, in words. */
  readonly #newest: number;

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#newest = (thread.runtime + RUNTIME_GUESTS) >> 2;
    this.imports = {
      env: { ...libraryOf(thread), rethrow: (answer: number) => rethrow(thread, answer) },
      [WASI]: wasiOf(thread),
    };
    this.calls = {
      ...guestSocketImports(thread),
      reportFailure: (task) => reportFailure(thread, task),
      throwFailure: (task) => throwFailure(thread, task),
    };
  }

  install(): void {
    const thread = this.#thread;
    if (thread.u32[this.#newest] !== thread.newestGuest) installGuests(thread);
  }

  takeCall(sender: number): void {
    takeCall(this.#thread, sender);
  }

  endTrapped(error: unknown): boolean {
    return endTrapped(this.#thread, error);
  }

  openReactor(): SharedReactor | undefined {
    return guestReactorOf(this.#thread);
  }
}
