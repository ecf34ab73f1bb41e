/**
 * Receivers, intervals, listeners and sets of tasks as streams, each under Tokio's name.
 *
 * Each owns what it reads from: disposed, it disposes that.
 *
 * @module
 */

import { checkOptions } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { type Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { pollFn } from "../future/poll-fn.ts";
import type { Accepted, TcpListener } from "../net/tcp-listener.ts";
import type { Receiver as BroadcastReceiver } from "../sync/broadcast.ts";
import { END } from "../sync/iterate.ts";
import type { Receiver } from "../sync/mpsc.ts";
import type { ValuesOptions, Receiver as WatchReceiver } from "../sync/watch/receiver.ts";
import type { Settled } from "../task/join-group.ts";
import type { JoinSet } from "../task/join-set.ts";
import type { Instant } from "../time/instant.ts";
import type { Interval } from "../time/interval.ts";
import { type End, Futures, type SizeHint } from "./source.ts";
import { Stream } from "./stream.ts";

/** The messages of an `mpsc` channel. */
export class ReceiverStream<T> extends Stream<T> {
  readonly #receiver: Receiver<T>;

  constructor(receiver: Receiver<T>) {
    super(new Received(receiver));
    this.#receiver = receiver;
  }

  /** Refuses what is sent from now on. Messages that are there still come. */
  close(): void {
    this.#receiver.close();
  }
}

class Received<T> extends Futures<T> {
  readonly #receiver: Receiver<T>;

  constructor(receiver: Receiver<T>) {
    super(
      () => receiver.receive<End>(END),
      () => receiver[Symbol.dispose](),
    );
    this.#receiver = receiver;
  }

  override get sizeHint(): SizeHint {
    const { isClosed, length, capacity, maxCapacity } = this.#receiver;
    if (!isClosed) return [length, Number.POSITIVE_INFINITY];
    // Permits that are out may still be sent with.
    return [length, maxCapacity === Number.POSITIVE_INFINITY ? length : maxCapacity - capacity];
  }
}

/** The ticks of an interval, without end. */
export class IntervalStream extends Stream<Instant> {
  constructor(interval: Interval) {
    super(
      new Futures(
        () => interval.tick(),
        () => interval[Symbol.dispose](),
      ),
    );
  }
}

/** The connections of a listener, without end. One that fails is an item, and others come. */
export class TcpListenerStream extends Stream<Accepted> {
  constructor(listener: TcpListener) {
    super(
      new Futures(
        () => listener.accept(),
        () => listener[Symbol.dispose](),
      ),
    );
  }
}

/**
 * The values of the tasks of a set, in the order in which they end. One that has failed is an item
 * that throws its `JoinError`. It ends while the set is empty.
 */
export class JoinSetStream<T> extends Stream<T> {
  constructor(set: JoinSet<T>) {
    super(new Joined(set));
  }
}

class Joined<T> extends Futures<T> {
  readonly #set: JoinSet<T>;

  constructor(set: JoinSet<T>) {
    super(
      () => then(set.joinNextWithId(), valueIn),
      () => set[Symbol.dispose](),
    );
    this.#set = set;
  }

  override get sizeHint(): SizeHint {
    return [this.#set.size, this.#set.size];
  }
}

function valueIn<T>(settled: Settled<T> | undefined): T | End {
  if (settled === undefined) return END;
  if (settled.ok) return settled.value;
  throw settled.error;
}

/** The messages of a `broadcast` channel. That some were missed is an item that throws. */
export class BroadcastStream<T> extends Stream<T> {
  constructor(receiver: BroadcastReceiver<T>) {
    super(
      new Futures(
        () => then(receiver.recv(), undefined),
        () => receiver[Symbol.dispose](),
      ),
    );
  }
}

/**
 * The values of a `watch` channel: the present one, unless it is to be skipped, and then the latest
 * whenever it has changed.
 */
export class WatchStream<T> extends Stream<T> {
  constructor(receiver: WatchReceiver<T>, options?: ValuesOptions) {
    const { skipCurrent = false } = checkOptions("make stream", options, ["skipCurrent"]);
    if (!skipCurrent) receiver.markChanged();
    const take = () => receiver.borrowAndUpdate();
    super(
      new Futures<T>(
        () => then(receiver.changed(), take),
        () => receiver[Symbol.dispose](),
      ),
    );
  }
}

/** What becomes of a future: `change` of its value, and the end if it fails with `ClosedError`. */
function then<T, U = T>(future: Future<T>, change: ((value: T) => U) | undefined): Future<U | End> {
  const poll = (waker: Waker): U | End | Pending => {
    try {
      const value = future.poll(waker);
      if (value === PENDING) return PENDING;
      return change === undefined ? (value as unknown as U) : change(value);
    } catch (reason) {
      if (reason instanceof ClosedError) return END;
      throw reason;
    }
  };
  return pollFn(poll, () => future[Symbol.dispose]());
}
