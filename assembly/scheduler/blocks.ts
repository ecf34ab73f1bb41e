/** The blocks of the heap in which a Wasm task's arguments come, and its value goes. */
import { FRAMES_FIRST, WORKER_FRAMES } from "../shared/layout";
import { myWorker } from "../sys/self";
import { myTask } from "../task/coroutine";
import { TaskHeader } from "../task/header";
import { dropPayload } from "./finish";

/** The running task's arguments. The block stays the task's. */
export function argument(): usize {
  return changetype<TaskHeader>(myTask).payload;
}

/** Frees them, as soon as the guest has read them. */
export function dropArgument(): void {
  const header = changetype<TaskHeader>(myTask);
  dropPayload(header);
  header.payloadSize = 0; // From now on it is TASK_LOCALS.
}

/** Makes `size` bytes of a block the running task's value. */
export function give(block: usize, size: u32): void {
  const header = changetype<TaskHeader>(myTask);
  dropPayload(header);
  header.payload = block;
  header.payloadSize = size;
}

/** What a child has returned. The block stays the child's, until it is left. */
export function outputOf(child: usize): usize {
  return changetype<TaskHeader>(child).payload;
}

export function outputSizeOf(child: usize): u32 {
  return changetype<TaskHeader>(child).payloadSize;
}

/**
 * Bytes that the running task may use up to its next wait: those that it would unwind into. More
 * than any buffer that AssemblyScript's library has in its static data.
 */
export function scratch(): usize {
  return load<usize>(myWorker, WORKER_FRAMES) + FRAMES_FIRST;
}
