/**
 * Every message between threads, in both directions. All else goes through shared memory.
 *
 * @module
 */

import type { CoreMemory, CoreModule } from "../core/load.ts";
import type { RuntimeIdentity } from "../core/thread.ts";
import type { JoinErrorKind } from "../error/join-error.ts";
import type { Encoded } from "../task/encoded.ts";

/** What a new thread is given. */
export interface ThreadBirth {
  readonly tokiwa: "thread";
  readonly module: CoreModule;
  readonly memory: CoreMemory;
  /** Which worker struct it attaches to, and as what: THREAD_*. */
  readonly index: number;
  readonly kind: number;
  /** When the runtime was made, on the platform's clock. */
  readonly origin: number;
  readonly identity: RuntimeIdentity;
  readonly seed: number;
  readonly eventInterval: number;
  /** A blocking thread ends after being idle for so long, in milliseconds. */
  readonly idleTimeout: number;
  /** Do threads of this runtime sleep in the system's futex, and wake each other there? */
  readonly usesFutex: boolean;
  /** What the platform may let it use. */
  readonly resourceLimits: object;
}

/** What a thread tells the one that started it. Whoever hears of an encoded value releases it. */
export type FromThread =
  /** It is attached and takes tasks. */
  | { readonly type: "ready" }
  /** It ends well: it has been detached, and nothing of it is left. */
  | { readonly type: "ended" }
  /** It keeps a block of shared memory until it ends: to be released if it is lost. */
  | { readonly type: "keeps"; readonly block: number }
  /** A task failed, and nobody handles it: the parts of the `JoinError`. */
  | {
      readonly type: "unhandled";
      readonly kind: JoinErrorKind;
      readonly taskId: number;
      readonly taskName: string | undefined;
      readonly cause: Encoded;
    }
  /** It dies of this, which was thrown where nobody could catch it. */
  | { readonly type: "dies"; readonly cause: Encoded };
