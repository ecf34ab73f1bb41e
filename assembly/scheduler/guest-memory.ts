/** What a guest asks of the memory of the task that runs. */
import { TASK_LOCALS } from "../shared/layout";
import * as arena from "../task/arena";
import { myTask } from "../task/coroutine";
import { TaskHeader } from "../task/header";
import * as marks from "../task/marks";

/** A new object; or 0 if it must be made elsewhere, or no task runs: a guest is instantiated. */
export function make(size: u32, classId: u32): usize {
  return myTask == 0 ? 0 : arena.make(mine(), size, classId);
}

export function makeElsewhere(size: u32, classId: u32, visitor: u32): usize {
  return myTask == 0 ? 0 : arena.makeElsewhere(mine(), size, classId, visitor);
}

export function resize(object: usize, size: u32, visitor: u32): usize {
  return arena.resize(mine(), object, size, visitor);
}

export function mark(): u64 {
  return marks.make(mine());
}

export function reset(handle: u64): bool {
  return marks.reset(mine(), handle);
}

export function used(): u32 {
  return arena.used(mine());
}

/** The innermost of the task-local values, which stand in the arena; or 0. */
export function locals(): usize {
  return load<usize>(myTask, TASK_LOCALS);
}

export function setLocals(innermost: usize): void {
  store<usize>(myTask, innermost, TASK_LOCALS);
}

function mine(): TaskHeader {
  return changetype<TaskHeader>(myTask);
}
