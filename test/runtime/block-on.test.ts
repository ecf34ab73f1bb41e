/** `blockOn` and what can happen to what it waits for. */
import { describe, expect, test } from "vitest";
import { runProgram } from "../support/program.ts";

const program = "test/runtime/fixtures/block-on-lost.mjs";

describe("blockOn a task that ends its worker", () => {
  test.for([
    ["of process.exit", "exit"],
    ["of an uncaught throw", "throwFromTimer"],
    ["of the heap limit", "gorge"],
  ] as const)("%s hears so, and the worker is replaced meanwhile", async ([, death]) => {
    const { code, lines } = await runProgram(program, [death]);
    expect(lines).toEqual(["lost worker 0", expect.stringMatching(/^workerLost /), "after"]);
    expect(code).toBe(0);
  });
});
