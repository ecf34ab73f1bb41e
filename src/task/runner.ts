/**
 * Runs the portable tasks that start on this worker.
 *
 * @module
 */

import {
  TASK_FUNCTION,
  TASK_ID,
  TASK_KIND,
  TASK_NUMBER,
  TASK_PAYLOAD,
  TASK_PAYLOAD_KIND,
  TASK_PAYLOAD_SIZE,
} from "../../assembly/shared/layout.ts";
import {
  KIND_BLOCKING,
  OUTCOME_CANCELLED,
  OUTCOME_PANIC,
  OUTCOME_VALUE,
  REASON_CANCEL,
  SUSPENDED_CANCELLED,
} from "../../assembly/shared/verdicts.ts";
import { type Abortable, type CurrentTask, runInside } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { decode, type Encoded, encode, encodePanic } from "./codec.ts";
import { functionNamed } from "./function-table.ts";
import { GeneratorTask, type TaskGenerator } from "./generator-task.ts";
import { JoinHandle } from "./join-handle.ts";
import { Operations } from "./operations.ts";
import { isCancellation } from "./outcome.ts";
import { findPortable, importPortable, type PortableTask } from "./portable.ts";

/** The portable functions that this worker has met, by number. */
export class Runner {
  readonly #thread: Thread;
  readonly #known = new Map<number, PortableTask<unknown[], unknown>>();

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** Starts the task whose header the core has handed over. */
  start(address: number): void {
    const started = new StartedTask(this.#thread, address);
    if (this.#thread.isShutDown) {
      started.refuse();
      return;
    }
    const id = this.#thread.u32[(address + TASK_FUNCTION) >> 2] as number;
    const known = this.#known.get(id);
    if (known !== undefined) started.begin(known);
    else this.#meet(id, started);
  }

  #meet(id: number, started: StartedTask): void {
    const wanted = functionNamed(this.#thread, id);
    const found = findPortable(wanted);
    if (found !== undefined) {
      this.#known.set(id, found);
      started.begin(found);
      return;
    }
    started.wait(
      importPortable(wanted).then((imported) => {
        this.#known.set(id, imported);
        return started.callLater(imported);
      }),
    );
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

  get name(): string | undefined {
    return this.#name;
  }

  get mayBlock(): boolean {
    const kind = this.thread.u32[(this.#address + TASK_KIND) >> 2];
    return this.#address !== 0 && kind === KIND_BLOCKING;
  }

  begin(body: PortableTask<unknown[], unknown>): void {
    let result: unknown;
    try {
      result = this.call(body);
    } catch (reason) {
      this.#panic(reason);
      return;
    }
    if (isThenable(result)) this.wait(result);
    else this.#return(result);
  }

  /** Calls the function with the arguments that came with the task. */
  call(body: PortableTask<unknown[], unknown>): unknown {
    const { thread } = this;
    const word = this.#address >> 2;
    this.#name = body.name;
    const args = decode(
      thread,
      thread.u32[word + (TASK_PAYLOAD_KIND >> 2)] as number,
      thread.u32[word + (TASK_PAYLOAD >> 2)] as number,
      thread.u32[word + (TASK_PAYLOAD_SIZE >> 2)] as number,
      thread.f64[(this.#address + TASK_NUMBER) >> 3] as number,
    ) as unknown[];
    const result = runInside(this, () => body(...args));
    return isGenerator(result) ? this.#drive(result) : result;
  }

  /** Calls the function outside of microtasks: a job that blocks would stop all the others. */
  callLater(body: PortableTask<unknown[], unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.thread.driver.defer(() => {
        try {
          // Cancelled meanwhile, it has given its arguments back.
          resolve(this.#address === 0 ? undefined : this.call(body));
        } catch (reason) {
          reject(reason);
        }
      });
    });
  }

  /** Lets the task sleep until `result` settles. */
  wait(result: PromiseLike<unknown>): void {
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
  }

  #abort(): void {
    this.#inner?.abort();
    // A task that waits for nothing of ours cannot be reached: it is told at its next operation.
    if (!this.#operations.abortAll()) this.refuse();
  }

  /** The runtime shuts down: as an abort, so that `finally` runs and nothing is waited for. */
  cancel(): void {
    this.#abort();
  }

  /** Ends as cancelled, whatever its code does from here on. */
  refuse(): void {
    this.#finish(OUTCOME_CANCELLED, encode(undefined, this.thread));
  }

  adopt(operation: Abortable): void {
    this.#operations.adopt(operation);
  }

  disown(operation: Abortable): void {
    this.#operations.disown(operation);
  }

  takeAbort(): boolean {
    return this.#operations.takeAbort();
  }

  /** A portable generator function is a task inside the task. */
  #drive(generator: TaskGenerator<unknown>): JoinHandle<unknown> {
    this.#inner = new JoinHandle(new GeneratorTask(this.thread, () => generator, this.#name));
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
    if (isCancellation(this.thread, reason)) this.refuse();
    else this.#finish(OUTCOME_PANIC, encodePanic(reason, this.thread));
  }

  #finish(outcome: number, output: Encoded): void {
    const address = this.#address;
    if (address === 0) {
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === "function";
}

function isGenerator(value: unknown): value is TaskGenerator<unknown> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}
