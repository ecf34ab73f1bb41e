/**
 * Tools for tests: a clock that stands still, futures polled by hand, scripted streams.
 *
 * @module
 */

import "../runtime/default.ts";

export { advance, type PauseOptions, pause, resume } from "../time/clock.ts";
export {
  assertElapsed,
  assertPending,
  assertReady,
  assertReadyEq,
  assertReadyErr,
} from "./assert.ts";
export { assertNoTasks } from "./leaks.ts";
export { MockIoBuilder, MockIoHandle, mockIo } from "./mock-io.ts";
export { MockStream, MockStreamBuilder, mockStream } from "./mock-stream.ts";
export { TestStream, TestTask, task } from "./task.ts";
export { type RuntimeTest, type TestOptions, testWith } from "./test.ts";
