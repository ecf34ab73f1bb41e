/**
 * Runs the portable tasks that start on this worker.
 *
 * @module
 */

import { TASK_FUNCTION, TASK_ID, TASK_KIND } from "../../assembly/shared/layout.ts";
import {
  KIND_BLOCKING,
  OUTCOME_CANCELLED,
  OUTCOME_PANIC,
  OUTCOME_VALUE,
  REASON_CANCEL,
  REASON_RESUME,
  SUSPENDED_CANCELLED,
} from "../../assembly/shared/verdicts.ts";
import {
  type Abortable,
  type Context,
  type CurrentTask,
  endCarrying,
  runInside,
} from "../core/context.ts";
import { isThenable } from "../core/thenable.ts";
import type { Continuation, Runner, Thread } from "../core/thread.ts";
import { isCancelled } from "../core/words.ts";
import { isGenerator } from "../future/co.ts";
import { isCancellation } from "./cancellation.ts";
import { decode, discard, encode, encodePanic } from "./codec.ts";
import { findPortable, importPortable, type PortableName } from "./defined-tasks.ts";
import { type Encoded, NOTHING } from "./encoded.ts";
import { functionNamed } from "./function-table.ts";
import { GeneratorTask, type TaskGenerator } from "./generator-task.ts";
import type { JoinHandle } from "./join-handle.ts";
import { Operations } from "./operations.ts";
import { discardPayload, markBegun, readPayload } from "./payload.ts";
import type { PortableTask } from "./portable.ts";

export class ThreadRunner implements Runner {
  readonly #thread: Thread;
  /** The portable functions that this worker has met, by number. */
  readonly #known = new Map<number, PortableTask<unknown[], unknown>>();
  /** What waits for a function whose module is being imported. */
  readonly #arriving = new Map<number, HeldTask[]>();

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  start(address: number): void {
    const thread = this.#thread;
    if (thread.isShutDown) {
      refuse(thread, address);
      return;
    }
    const id = thread.u32[(address + TASK_FUNCTION) >> 2] as number;
    const body = this.#known.get(id) ?? this.#meet(id);
    if (body !== undefined) new StartedTask(thread, address).begin(body);
    else this.#arriving.get(id)?.push(new HeldTask(thread, address));
  }

  bury(address: number): void {
    discardPayload(this.#thread, address);
    this.#thread.core.consumeJoin(address);
  }

  encodePanic(reason: unknown): Encoded {
    return encodePanic(reason, this.#thread);
  }

  decode({ kind, block, size, number }: Encoded): unknown {
    return decode(this.#thread, kind, block, size, number);
  }

  /** The function, if its module is here; otherwise it is imported. */
  #meet(id: number): PortableTask<unknown[], unknown> | undefined {
    if (this.#arriving.has(id)) return undefined;
    const wanted = functionNamed(this.#thread, id);
    const found = findPortable(wanted);
    if (found !== undefined) this.#known.set(id, found);
    else {
      this.#arriving.set(id, []);
      void this.#import(id, wanted);
    }
    return found;
  }

  async #import(id: number, wanted: PortableName): Promise<void> {
    let settle: (task: HeldTask) => void;
    try {
      this.#known.set(id, await importPortable(wanted));
      settle = (task) => task.restart();
    } catch (error) {
      settle = (task) => task.fail(error);
    }
    const held = this.#arriving.get(id) ?? [];
    this.#arriving.delete(id);
    for (const task of held) settle(task);
    this.#thread.driver.kick();
  }
}

/**
 * Ends a task of this worker whose body was not called, as cancelled. What is in its arguments goes
 * back to its joiner, who knows how to give it up: the one that sent it.
 */
function refuse(thread: Thread, address: number): void {
  thread.core.refusePortable(address);
  thread.driver.kick();
}

/**
 * A portable task that this worker has taken, and whose function it is about to get. For the core
 * it waits and has not begun: it can be aborted, and runs elsewhere should this worker die.
 */
class HeldTask implements Continuation {
  readonly #thread: Thread;
  readonly #token: number;
  /** 0 once it has ended. */
  #address: number;

  constructor(thread: Thread, address: number) {
    this.#thread = thread;
    this.#address = address;
    this.#token = thread.continuations.add(this);
    thread.core.bindStarted(address, this.#token);
    if (thread.core.suspendTask(address) === SUSPENDED_CANCELLED) this.cancel();
  }

  resume(reason: number): void {
    // A wait's news may come for a token that has passed on to this task meanwhile.
    if (reason === REASON_CANCEL) this.cancel();
  }

  cancel(): void {
    const address = this.#leave();
    if (address !== 0) refuse(this.#thread, address);
  }

  /** Its error takes the place of its arguments: what this worker knows of is given up here. */
  fail(reason: unknown): void {
    const address = this.#leave();
    if (address === 0) return;
    const thread = this.#thread;
    const { kind, block, size, number } = encodePanic(reason, thread);
    discardPayload(thread, address);
    thread.core.finishPortable(address, OUTCOME_PANIC, kind, block, size, number);
  }

  /** Queues it again: whoever has the function may begin it. */
  restart(): void {
    if (this.#address === 0 || !this.#thread.core.restartPortable(this.#address)) return;
    this.#leave();
  }

  /** Returns the task; 0 if it has ended. */
  #leave(): number {
    const address = this.#address;
    this.#address = 0;
    if (address !== 0) this.#thread.continuations.remove(this.#token);
    return address;
  }
}

/** A portable task that runs here. */
class StartedTask implements CurrentTask, Continuation {
  readonly thread: Thread;
  readonly id: number;
  /** Given back to the core when the task ends; 0 from then on. */
  #address: number;
  #name: string | undefined;
  #token = -1;
  readonly #operations = new Operations();
  /** The generator that the function returned, as a task inside this one. */
  #inner: JoinHandle<unknown> | undefined;

  constructor(thread: Thread, address: number) {
    this.thread = thread;
    this.#address = address;
    this.id = thread.f64[(address + TASK_ID) >> 3] as number;
  }

  get task(): CurrentTask {
    return this;
  }

  get context(): Context {
    return this;
  }

  get name(): string | undefined {
    return this.#name;
  }

  get mayBlock(): boolean {
    const kind = this.thread.bytes[this.#address + TASK_KIND];
    return this.#address !== 0 && kind === KIND_BLOCKING;
  }

  begin(body: PortableTask<unknown[], unknown>): void {
    let result: unknown;
    try {
      result = this.#call(body);
    } catch (reason) {
      this.#panic(reason);
      endCarrying(this);
      return;
    }
    if (isThenable(result)) {
      this.#wait(result);
      return;
    }
    this.#return(result);
    endCarrying(this);
  }

  /** Calls the function with the arguments that came with the task. */
  #call(body: PortableTask<unknown[], unknown>): unknown {
    this.#name = body.name;
    markBegun(this.thread, this.#address);
    const args = readPayload(this.thread, this.#address) as unknown[];
    const result = runInside(this, () => body(...args));
    return isGenerator(result) ? this.#drive(result) : result;
  }

  /** Lets the task sleep until `result` settles. */
  #wait(result: PromiseLike<unknown>): void {
    const { thread } = this;
    runInside(this, () =>
      result.then(
        (value) => this.#return(value),
        (reason: unknown) => this.#panic(reason),
      ),
    );
    if (this.#address === 0) return;
    // A blocking job that has begun cannot be aborted: for the core, it runs until it ends.
    if (this.mayBlock) return;
    this.#token = thread.continuations.add(this);
    thread.core.bindStarted(this.#address, this.#token);
    if (thread.core.suspendTask(this.#address) === SUSPENDED_CANCELLED) this.#abort();
  }

  resume(reason: number): void {
    // A wait's news may come for a token that has passed on to this task meanwhile.
    if (reason === REASON_CANCEL) this.#abort();
    // Or a wait that was forgotten wakes whoever has the place of its task: back to sleep.
    else if (reason === REASON_RESUME) {
      if (this.thread.core.suspendTask(this.#address) === SUSPENDED_CANCELLED) this.#abort();
    }
  }

  #abort(): void {
    this.#inner?.abort();
    // A task that waits for nothing of ours cannot be reached: it is told at its next operation.
    if (!this.#operations.abortAll()) this.#refuse();
  }

  /** The runtime shuts down: as an abort, so that `finally` runs and nothing is waited for. */
  cancel(): void {
    this.#abort();
  }

  /** Ends as cancelled, whatever its code does from here on. */
  #refuse(): void {
    this.#finish(OUTCOME_CANCELLED, NOTHING);
  }

  adopt(operation: Abortable): void {
    this.#operations.adopt(operation);
  }

  disown(operation: Abortable): void {
    this.#operations.disown(operation);
  }

  get isAborting(): boolean {
    // A blocking job that has begun never hears of it.
    if (this.mayBlock || this.#operations.wereTold) return false;
    return isCancelled(this.thread, this.#address);
  }

  get mustStop(): boolean {
    return this.#operations.abortsNext;
  }

  takeAbort(): boolean {
    return this.#operations.takeAbort();
  }

  /** A portable generator function is a task inside the task. */
  #drive(generator: TaskGenerator<unknown>): JoinHandle<unknown> {
    this.#inner = new GeneratorTask(this.thread, () => generator, this.#name);
    return this.#inner;
  }

  #return(value: unknown): void {
    let output: Encoded;
    try {
      output = encode(value, this.thread);
    } catch (reason) {
      this.#panic(reason);
      return;
    }
    this.#finish(OUTCOME_VALUE, output);
  }

  #panic(reason: unknown): void {
    if (isCancellation(this.thread, reason)) this.#refuse();
    else this.#finish(OUTCOME_PANIC, encodePanic(reason, this.thread));
  }

  #finish(outcome: number, output: Encoded): void {
    const address = this.#address;
    if (address === 0) {
      // Aborted before, and what it came to all the same is nobody's.
      discard(this.thread, output.kind, output.block, output.size);
      if (output.block !== 0) this.thread.core.release(output.block);
      return;
    }
    this.#address = 0;
    if (this.#token >= 0) this.thread.continuations.remove(this.#token);
    const { kind, block, size, number } = output;
    this.thread.core.finishPortable(address, outcome, kind, block, size, number);
    this.thread.driver.kick();
  }
}
