/** Tokio's `macros_join.rs`. */
import { join } from "tokiwa/future";
import { describe } from "vitest";
import { joins } from "./joins.ts";

describe("macros_join", () => {
  joins(join, "empty_join", "join_does_not_allow_tasks_to_starve");
});
