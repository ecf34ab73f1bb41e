/**
 * Streams of the web platform: from ours and to ours, with their back pressure.
 *
 * @module
 */

import { context, runInside } from "../core/context.ts";
import { CancelledError } from "../error/cancelled.ts";
import { fromPromise } from "../future/from-promise.ts";
import type { Future } from "../future/future.ts";
import { fromSignal } from "../future/work.ts";
import { END } from "../sync/iterate.ts";
import { Next } from "./consume.ts";
import type { End, Source } from "./source.ts";

/** A web stream that asks for an item as there is room for it. */
export function readableOf<T>(source: Source<T>, strategy?: QueuingStrategy<T>): ReadableStream<T> {
  // It may be read by anybody: the waits still belong to the runtime in which it was made.
  const here = { thread: context().thread, task: undefined };
  const pull = async (controller: ReadableStreamDefaultController<T>) => {
    const item = await new Next(source, END);
    if (item === END) controller.close();
    else controller.enqueue(item);
  };
  return new ReadableStream<T>(
    {
      pull: (controller) => runInside(here, () => pull(controller)),
      cancel: () => source[Symbol.dispose](),
    },
    strategy,
  );
}

/** Writes all items to a web stream, and closes it. */
export function writeAll<T>(source: Source<T>, writable: WritableStream<T>): Future<void> {
  return fromSignal(async () => {
    const writer = writable.getWriter();
    try {
      for (;;) {
        await fromPromise(writer.ready);
        const item = await nextFor(writer, source);
        if (item === END) break;
        // Whatever becomes of it, `ready` and `close` tell.
        writer.write(item).catch(() => {});
      }
      await fromPromise(writer.close());
    } finally {
      writer.releaseLock();
    }
  });
}

async function nextFor<T>(
  writer: WritableStreamDefaultWriter<T>,
  source: Source<T>,
): Promise<T | End> {
  try {
    return await new Next(source, END);
  } catch (reason) {
    if (!(reason instanceof CancelledError)) await writer.abort(reason);
    throw reason;
  }
}

/** Where messages can be sent to, such as the sender of a channel. */
export interface Sink<T> extends Disposable {
  /** Sends. If it waits, then until the signal aborts. */
  send(message: T, options: { readonly signal: AbortSignal }): PromiseLike<void> | void;
}

/** Its signal is in the standard, and not in all declarations. */
type Aborted = WritableStreamDefaultController & { readonly signal: AbortSignal };

/**
 * A web stream that sends what is written to it, each as there is room for it in the channel.
 *
 * It owns the sender: closed, aborted or failed, it disposes it. What waits for room as it is
 * aborted is not sent.
 */
export function toWritable<T>(sender: Sink<T>): WritableStream<T> {
  const dispose = () => sender[Symbol.dispose]();
  return new WritableStream<T>({
    write: async (message, controller) => {
      const { signal } = controller as Aborted;
      try {
        await sender.send(message, { signal });
      } catch (reason) {
        dispose(); // A web stream that has failed is neither closed nor aborted.
        throw reason;
      }
    },
    close: dispose,
    abort: dispose,
  });
}
