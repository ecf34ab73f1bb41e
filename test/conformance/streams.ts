/**
 * What the tests of streams have in common.
 *
 * @module
 */
import { mpsc } from "tokiwa";
import { pollFn } from "tokiwa/future";
import { type End, ReceiverStream, type Stream } from "tokiwa/stream";
import { type TestTask, task, testWith } from "tokiwa/test";
import { expect, test as plain } from "vitest";

/** A test inside of a runtime. */
export const test = testWith((name: string, body: () => Promise<void>) => plain(name, body));

/** A stream to be polled by hand. */
export function polled<T>(stream: Stream<T>): TestTask<T | End> {
  return task(pollFn((waker) => stream.pollNext(waker)));
}

/** A stream to be fed by hand: it ends as the sender is disposed. */
export function fed<T>(): { sender: mpsc.UnboundedSender<T>; stream: ReceiverStream<T> } {
  const { sender, receiver } = mpsc.unboundedChannel<T>();
  return { sender, stream: new ReceiverStream(receiver) };
}

/** Both bounds of what is left. */
export function expectLeft(stream: Stream<unknown>, atLeast: number, atMost = atLeast): void {
  expect(stream.sizeHint).toEqual([atLeast, atMost]);
}
