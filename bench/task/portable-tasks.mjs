/** Portable tasks for the benches; workers import this module. */
import { task } from "tokiwa";

export const increment = task(import.meta, "increment", (x) => x + 1);
