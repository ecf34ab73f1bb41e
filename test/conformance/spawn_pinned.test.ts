/** tokio-util's `spawn_pinned.rs`. */
import { describe } from "vitest";
import { cannot } from "./cannot.ts";

const TESTS = [
  "can_spawn_not_send_future",
  "can_drop_future_and_still_get_output",
  "cannot_create_zero_sized_pool",
  "can_spawn_multiple_futures",
  "task_panic_propagates",
  "callback_panic_does_not_kill_worker",
  "task_cancellation_propagates",
  "tasks_are_balanced",
  "spawn_by_idx",
];

describe("spawn_pinned", () => {
  for (const name of TESTS) {
    cannot(name, "nobody chooses the worker: a portable task stays on the one where it starts");
  }
});
