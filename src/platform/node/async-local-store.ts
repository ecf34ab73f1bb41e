/**
 * Carries contexts through promises as the platform does with everybody's.
 *
 * @module
 */

import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Context, ContextSnapshot, ContextStore } from "../../core/context.ts";

/** What user code keeps in stores of its own, as it stood when a task was spawned. */
export class UserContext extends AsyncResource implements ContextSnapshot {
  constructor() {
    // *Why not `AsyncLocalStorage.snapshot()`*: it costs 8 µs on Node 20, this 25 to 70 ns.
    super("tokiwa");
  }

  run<R>(body: () => R): R {
    return this.runInAsyncScope(body);
  }
}

export class AsyncLocalStore implements ContextStore {
  readonly #storage = new AsyncLocalStorage<Context>();

  getStore(): Context | undefined {
    return this.#storage.getStore();
  }

  run<R>(context: Context, body: () => R): R {
    return this.#storage.run(context, body);
  }

  contextOf(): Context | undefined {
    return this.#storage.getStore(); // The engine reports a rejection in the promise's context.
  }

  snapshot(): ContextSnapshot {
    return new UserContext();
  }
}
