/**
 * The error of a task that ended without a value.
 *
 * @module
 */

/** Why a task has no value: it threw, it was aborted, or its worker died. */
export type JoinErrorKind = "panic" | "cancelled" | "workerLost";

/** What a {@linkcode JoinError} is made of. */
export interface JoinErrorParts {
  readonly kind: JoinErrorKind;
  /** The number of the task. */
  readonly taskId: number;
  readonly taskName?: string | undefined;
  /** What the task threw, or what its worker died of. */
  readonly cause?: unknown;
}

/**
 * Thrown to whoever joins a task that did not return.
 *
 * @example Telling the three ways apart
 * ```ts
 * const handle = spawn(async () => JSON.parse("{"));
 * try {
 *   await handle;
 * } catch (error) {
 *   if (!(error instanceof JoinError && error.isPanic)) throw error;
 *   console.log("it threw", error.cause instanceof SyntaxError); // it threw true
 * }
 * ```
 */
export class JoinError extends Error {
  static {
    this.prototype.name = "JoinError";
  }

  readonly kind: JoinErrorKind;
  /**
   * The number of the task, as its handle and `taskId()` give it; 0 for code of a worker of which
   * cannot be told what task it belongs to.
   */
  readonly taskId: number;
  /** The name that the task was spawned with. */
  readonly taskName: string | undefined;

  constructor({ kind, taskId, taskName, cause }: JoinErrorParts) {
    super(
      describe(title(taskId, taskName), kind, cause),
      cause === undefined ? undefined : { cause },
    );
    this.kind = kind;
    this.taskId = taskId;
    this.taskName = taskName;
  }

  /** True if the task threw; `cause` is what it threw. */
  get isPanic(): boolean {
    return this.kind === "panic";
  }

  /** True if the task was aborted, or ended by the shutdown of its runtime. */
  get isCancelled(): boolean {
    return this.kind === "cancelled";
  }

  /** True if the thread that ran the task died under it; `cause` is what of, if that is known. */
  get isWorkerLost(): boolean {
    return this.kind === "workerLost";
  }
}

function title(id: number, name: string | undefined): string {
  if (id === 0) return "code outside of tasks";
  return name === undefined ? `task ${id}` : `task ${id} "${name}"`;
}

function describe(task: string, kind: JoinErrorKind, cause: unknown): string {
  if (kind === "cancelled") return `${task} was cancelled`;
  if (kind === "panic") return `${task} panicked: ${panicText(cause)}`;
  const lost = `${task} was lost: its worker died`;
  return cause === undefined ? lost : `${lost}: ${panicText(cause)}`;
}

/** One line of what was thrown, which need not be an error, nor be printable at all. */
function panicText(cause: unknown): string {
  try {
    if (cause instanceof Error) return cause.message === "" ? cause.name : cause.message;
    if (typeof cause !== "object" || cause === null) return String(cause);
    return JSON.stringify(cause) ?? String(cause);
  } catch {
    return "something that cannot be printed";
  }
}
