/**
 * Carries contexts through promises.
 *
 * Where `AsyncLocalStorage` is cheap (Node 24 keeps it in the engine), it does. Before that it
 * makes every promise of the process dearer by 90 ns, which doubles the price of a small task; two
 * hooks of V8's that mark promises made inside a task, and nothing else, cost a third of it.
 *
 * *What the hooks do not see*: callbacks. Code in a bare `setTimeout` callback inside a task does
 * not know its task on Node 20 and 22; code after an `await` always does.
 *
 * @module
 */

import { promiseHooks } from "node:v8";
import type { Context, ContextSnapshot, ContextStore } from "../../core/context.ts";
import { AsyncLocalStore, UserContext } from "./async-local-store.ts";

/**
 * A promise that may have been made inside a context.
 *
 * *Why the mark is no symbol*: V8 11 adds one to a promise by the slowest of its ways, which costs
 * 3 % of an echo's own time.
 *
 * *Why it is seen in a console*: a hidden property takes four times as long, and a private field
 * slows a small async task by some 4 %. What it holds shows itself briefly.
 */
interface MarkedPromise extends Promise<unknown> {
  tokiwa?: Context;
}

/** The context of the code that runs now. */
let current: Context | undefined;

class PromiseHookStore implements ContextStore {
  constructor() {
    promiseHooks.createHook({
      init(promise: MarkedPromise) {
        if (current !== undefined) promise.tokiwa = current;
      },
      before(promise: MarkedPromise) {
        current = promise.tokiwa;
      },
      after() {
        current = undefined;
      },
    });
  }

  getStore(): Context | undefined {
    return current;
  }

  run<R>(context: Context, body: () => R): R {
    const outer = current;
    current = context;
    try {
      return body();
    } finally {
      current = outer;
    }
  }

  contextOf(promise: MarkedPromise): Context | undefined {
    return promise.tokiwa;
  }

  snapshot(): ContextSnapshot {
    return new UserContext();
  }
}

const majorVersion = Number.parseInt(process.versions.node, 10);
export const contextStore: ContextStore =
  majorVersion >= 24 ? new AsyncLocalStore() : new PromiseHookStore();
