/** Task-local values: what a task can read anywhere below the call that set it. */
import * as core from "./tokiwa";

/**
 * A key for values of type `T`, to be declared as a constant beside the functions that use it. Its
 * name says which it is: two keys of one name are one key.
 */
export function taskLocal<T>(name: string): TaskLocal<T> {
  // The name is part of the guest's static data: so is its address, on every worker.
  return changetype<TaskLocal<T>>(changetype<usize>(name));
}

/** A value of a key that a call has set, and what was set outside of the call. */
class Scope {
  constructor(
    public key: usize,
    public outer: usize,
  ) {}
}

@final
class Value<T> extends Scope {
  constructor(
    key: usize,
    outer: usize,
    public value: T,
  ) {
    super(key, outer);
  }
}

/**
 * A key whose value is set for the duration of a call, and of everything that it calls and waits
 * for. Tasks that are spawned inside do not have it. A task that uses none pays nothing.
 *
 * ```
 * const requestId = taskLocal<i32>("requestId");
 *
 * export function serve(id: i32, path: string): string {
 *   return requestId.scope(id, answer, path); // Below, `requestId.get()` is `id`.
 * }
 * ```
 */
@final
@unmanaged
export class TaskLocal<T> {
  /** Calls `fn(argument)` with the value set. */
  scope<A, R = void>(value: T, fn: (argument: A) => R, argument: A): R {
    const outer = core.guestLocals();
    const scope = new Value<T>(changetype<usize>(this), outer, value);
    core.guestSetLocals(changetype<usize>(scope));
    if (isVoid<R>()) {
      fn(argument);
      core.guestSetLocals(scope.outer);
      return;
    }
    const result = fn(argument);
    core.guestSetLocals(scope.outer);
    return result;
  }

  /** The value that the innermost scope has set. Traps if there is none. */
  get(): T {
    const scope = this.find();
    if (scope == 0) {
      const name = changetype<string>(changetype<usize>(this));
      throw new Error(`Cannot read task-local "${name}": no scope around has set it`);
    }
    return changetype<Value<T>>(scope).value;
  }

  /** Is there a value? */
  get isSet(): bool {
    return this.find() != 0;
  }

  private find(): usize {
    let at = core.guestLocals();
    while (at != 0 && changetype<Scope>(at).key != changetype<usize>(this)) {
      at = changetype<Scope>(at).outer;
    }
    return at;
  }
}
