/**
 * The call of a Wasm task's function. One that takes at most one number and gives at most one is
 * called as it is; all others through a function of the guest's that takes and gives nothing.
 */
import { ENTRY_BOUND, ENTRY_I32, ENTRY_I64, ENTRY_NONE, ENTRY_RESULT } from "../shared/verdicts";
import { asyncifyState, NORMAL } from "./asyncify";
import { TaskHeader } from "./header";

/** Calls the task's function, for the first time or again to rewind. */
export function enter(header: TaskHeader): void {
  const entry = header.functionId;
  const at = changetype<usize>(header) + offsetof<TaskHeader>("number");
  const shape: u32 = header.payloadKind;
  const result = (shape % ENTRY_BOUND) / ENTRY_RESULT;
  switch (shape % ENTRY_RESULT) {
    case ENTRY_NONE:
      return call(entry, at, result);
    case ENTRY_I32:
      return callWith<i32>(entry, at, result);
    case ENTRY_I64:
      return callWith<i64>(entry, at, result);
    default:
      return callWith<f64>(entry, at, result);
  }
}

function call(entry: u32, at: usize, result: u32): void {
  switch (result) {
    case ENTRY_NONE:
      return call_indirect<void>(entry);
    case ENTRY_I32:
      return keep<i32>(at, call_indirect<i32>(entry));
    case ENTRY_I64:
      return keep<i64>(at, call_indirect<i64>(entry));
    default:
      return keep<f64>(at, call_indirect<f64>(entry));
  }
}

function callWith<T>(entry: u32, at: usize, result: u32): void {
  const argument = load<T>(at);
  switch (result) {
    case ENTRY_NONE:
      return call_indirect<void>(entry, argument);
    case ENTRY_I32:
      return keep<i32>(at, call_indirect<i32>(entry, argument));
    case ENTRY_I64:
      return keep<i64>(at, call_indirect<i64>(entry, argument));
    default:
      return keep<f64>(at, call_indirect<f64>(entry, argument));
  }
}

/** Keeps what the function has given. One that has left its stack gives a zero without meaning. */
function keep<T>(at: usize, value: T): void {
  if (asyncifyState == NORMAL) store<T>(at, value);
}
