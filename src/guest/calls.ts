/**
 * TypeScript functions that guests call: they run on the thread that has loaded the guest.
 *
 * A call comes as the sender of a oneshot channel, which has the request with it. The answer is a
 * block. Its first word is 0 before a value, which then stands where and as an argument would; or
 * it is before what was thrown:
 *
 *   0                  4      8        16
 *   +------------------+------+--------+-------------+
 *   | codec's kind + 1 | size | number | bytes ...   |
 *   +------------------+------+--------+-------------+
 *
 * @module
 */

import { STAKE_KEPT, STAKE_PRIMITIVE, WORKER_STAKES } from "../../assembly/shared/layout.ts";
import { SYNC_DONE, SYNC_NO_MEMORY, SYNC_STAKE } from "../../assembly/shared/verdicts.ts";
import { endCarrying, runInside } from "../core/context.ts";
import type { GuestFunction } from "../core/manifest.ts";
import { isThenable } from "../core/thenable.ts";
import type { Thread } from "../core/thread.ts";
import { CancelledError } from "../error/cancelled.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { decode, encodePanic } from "../task/codec.ts";
import { checkValue, readArguments, sizeOf, write } from "../task/guest-values.ts";

/** Where the arguments begin in a request, and the value in an answer. */
const HEADER = 8;
/** Where the bytes begin of what was thrown. */
const THROWN_BYTES = 16;
/** The first word of an answer that is a value. */
const VALUE = 0;

/** A function that a guest may call. Its last argument is the call itself. */
// biome-ignore lint/suspicious/noExplicitAny: each function has parameters of its own.
export type GuestCallable = (...args: any[]) => unknown;

/** What a guest may call, by name. */
export type GuestFunctions = Record<string, GuestCallable>;

/** A function with its types. */
export interface CallableEntry {
  readonly types: GuestFunction;
  readonly body: GuestCallable;
}

/** The functions of each guest that this thread has loaded, by the guest's number. */
const callables = new WeakMap<Thread, Map<number, readonly CallableEntry[]>>();

/** Answers the calls of the guest with this number from now on. */
export function answerCalls(thread: Thread, base: number, entries: readonly CallableEntry[]): void {
  const known = callables.get(thread) ?? new Map<number, readonly CallableEntry[]>();
  callables.set(thread, known.set(base, entries));
}

/** Calls the function that a guest asks for. */
export function takeCall(thread: Thread, sender: number): void {
  const request = requestOf(thread, sender);
  const base = thread.u32[request >> 2] as number;
  const place = thread.u32[(request >> 2) + 1] as number;
  const entry = callables.get(thread)?.get(base)?.[place];
  if (entry === undefined || thread.isShutDown) {
    thread.core.stakeDrop(sender); // And the request with it.
    return;
  }
  const args = readArguments(thread, request + HEADER, entry.types.parameters);
  freeRequest(thread, sender);
  new GuestCall(thread, sender, entry.types).run(entry.body, args);
}

/** Throws what the function has thrown whose answer this is. */
export function rethrow(thread: Thread, answer: number): never {
  const kind = (thread.u32[answer >> 2] as number) - 1;
  const size = thread.u32[(answer >> 2) + 1] as number;
  const number = thread.f64[(answer + HEADER) >> 3] as number;
  throw decode(thread, kind, answer + THROWN_BYTES, size, number);
}

function requestOf({ u32 }: Thread, sender: number): number {
  return u32[(sender + STAKE_KEPT) >> 2] as number;
}

/** Frees the request, which has been read. */
function freeRequest(thread: Thread, sender: number): void {
  const request = requestOf(thread, sender);
  thread.u32[(sender + STAKE_KEPT) >> 2] = 0;
  thread.core.release(request);
}

/** A guest's call of a TypeScript function. */
export class GuestCall {
  readonly #thread: Thread;
  readonly #types: GuestFunction;
  /** The right to answer; 0 once it was used. */
  #sender: number;
  #controller: AbortController | undefined;
  /** The wait for the caller's end, and by what token it is heard of, while there is one. */
  #wait = 0;
  #token = -1;

  /** @internal */
  constructor(thread: Thread, sender: number, types: GuestFunction) {
    this.#thread = thread;
    this.#sender = sender;
    this.#types = types;
  }

  /**
   * Aborts if the task ends that waits for the answer, or the runtime shuts down. It costs nothing
   * unless it is asked for.
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#sender === 0) this.#controller.abort(unheard());
      else this.#watch();
    }
    return this.#controller.signal;
  }

  /** @internal */
  run(body: GuestCallable, args: unknown[]): void {
    const inside = { thread: this.#thread, task: undefined };
    try {
      const result: unknown = runInside(inside, () => body(...args, this));
      if (!isThenable(result)) {
        endCarrying(inside);
        this.#return(result);
        return;
      }
      runInside(inside, () =>
        result.then(
          (value) => this.#return(value),
          (reason: unknown) => this.#throw(reason),
        ),
      );
    } catch (reason) {
      this.#throw(reason);
    }
  }

  /** @internal */
  resume(): void {
    this.cancel();
    // What the function comes to is nobody's, and perhaps it never does.
    const sender = this.#sender;
    this.#sender = 0;
    if (sender !== 0) this.#thread.core.stakeDrop(sender);
  }

  /**
   * As the runtime shuts down. The right to answer stays: without it the caller would fail, if its
   * worker has not come to cancelling it yet.
   *
   * @internal
   */
  cancel(): void {
    this.#forgetWait();
    this.#controller?.abort(unheard());
  }

  /** Asks to hear of the caller's end. */
  #watch(): void {
    const thread = this.#thread;
    const primitive = thread.u32[(this.#sender + STAKE_PRIMITIVE) >> 2] as number;
    this.#token = thread.continuations.add(this);
    thread.refillBudget(); // This is no wait of the running code's.
    const owner = thread.worker + WORKER_STAKES;
    const verdict = thread.core.primitiveClosed(primitive, owner, this.#token * 2 + 1);
    if (verdict >= SYNC_STAKE) this.#wait = verdict;
    else this.#forgetWait();
    if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError("watch a guest's call");
    if (verdict === SYNC_DONE) this.resume();
  }

  #forgetWait(): void {
    if (this.#wait !== 0) this.#thread.core.stakeDrop(this.#wait);
    this.#wait = 0;
    if (this.#token >= 0) this.#thread.continuations.remove(this.#token);
    this.#token = -1;
  }

  #return(value: unknown): void {
    try {
      this.#answer(() => this.#encode(value));
    } catch (reason) {
      this.#throw(reason);
    }
  }

  #encode(value: unknown): number {
    const thread = this.#thread;
    const { name, result } = this.#types;
    checkValue(`answer guest's call of "${name}"`, "value", result, value);
    const bytes = result === "void" ? 0 : sizeOf(result, value);
    const answer = thread.core.allocate(HEADER + bytes);
    if (answer === 0) throw new OutOfMemoryError(`answer guest's call of "${name}"`);
    thread.u32[answer >> 2] = VALUE;
    if (result !== "void") write(thread, answer + HEADER, result, value);
    return answer;
  }

  #throw(reason: unknown): void {
    this.#answer(() => {
      const thread = this.#thread;
      const { kind, block, size, number } = encodePanic(reason, thread);
      const answer = thread.core.allocate(THROWN_BYTES + size);
      if (answer === 0) return 0;
      thread.u32[answer >> 2] = kind + 1;
      thread.u32[(answer >> 2) + 1] = size;
      thread.f64[(answer + HEADER) >> 3] = number;
      thread.bytes.copyWithin(answer + THROWN_BYTES, block, block + size);
      if (block !== 0) thread.core.release(block);
      return answer;
    });
  }

  /** Sends the answer, unless nobody can take it. Without memory for one, the call just ends. */
  #answer(make: () => number): void {
    const thread = this.#thread;
    if (this.#sender === 0 || thread.isClosed) return;
    const answer = make();
    const sender = this.#sender;
    this.#sender = 0;
    this.#forgetWait();
    if (answer === 0) thread.core.stakeDrop(sender);
    else if (thread.core.oneshotSend(sender, BigInt(answer)) !== SYNC_DONE) {
      thread.core.release(answer);
    }
    thread.driver.kick();
  }
}

function unheard(): CancelledError {
  return new CancelledError("Cannot answer guest's call: nobody waits for this any more");
}
