/** Waiting for several things at once. */
import { BRANCH_SIZE } from "../shared/layout";
import { PERMITS_MAX } from "../shared/limits";
import {
  SELECT_ACCEPT,
  SELECT_ACQUIRE,
  SELECT_BROADCAST,
  SELECT_CANCELLED,
  SELECT_CHANGED,
  SELECT_CLOSED,
  SELECT_JOIN,
  SELECT_JOIN_ANY,
  SELECT_NOTHING,
  SELECT_NOTIFIED,
  SELECT_READABLE,
  SELECT_RECEIVE,
  SELECT_SLEEP,
  SELECT_TOLD,
  SELECT_WRITABLE,
  SYNC_DONE,
  SYNC_STAKE,
} from "../shared/verdicts";
import { outcomeAt, setBranch } from "./branch";
import { CancellationToken } from "./cancellation-token";
import { check, End, Received, SendingEnd } from "./ends";
import { Handle } from "./handle";
import { Interval } from "./interval";
import { JoinSet } from "./join-set";
import { Sender } from "./mpsc";
import { Mutex } from "./mutex";
import { Notified, Notify } from "./notify";
import { SetOnce } from "./once";
import { RwLock } from "./rwlock";
import { Semaphore } from "./semaphore";
import { Socket } from "./socket";
import { JoinHandle } from "./task";
import { TcpListener } from "./tcp";
import { now } from "./time";
import * as core from "./tokiwa";
import { Receiver as WatchReceiver } from "./watch";

/** Branches that there is room for at first. */
const ROOM: i32 = 4;

/**
 * Does the first of several things that can be done, and no other.
 *
 * Branches are named as the operations are, and numbered from 0 in the order in which they are
 * added. After `wait` the select is empty, and takes the branches of the next round: make one, and
 * use it for a whole loop, which makes no garbage then.
 *
 * ```
 * const select = new Select();
 * while (true) {
 *   switch (select.recv(jobs).notified(stop).sleep(1000).wait()) {
 *     case 0:
 *       if (!select.ok) return; // All senders are gone.
 *       work(jobs.value);
 *       break;
 *     case 1:
 *       return;
 *     default:
 *       beat();
 *   }
 * }
 * ```
 *
 * **Cancel safety.** A branch that loses has done nothing but stand in line: messages stay in their
 * channel; permits, and calls that told it alone, go to the next in line. So it is for a task that
 * is aborted here. A branch that is added anew stands at the end of the line again.
 */
@final
export class Select {
  private branches: ArrayBuffer = new ArrayBuffer(ROOM * BRANCH_SIZE);
  private count: u32 = 0;
  private isAnyOn: bool = false;
  private isNextOn: bool = true;
  private isBiased: bool = false;
  private outcome: usize = 0;

  /** Switches the next branch off unless the condition holds. It keeps its number. */
  when(condition: bool): Select {
    this.isNextOn = condition;
    return this;
  }

  /** If several branches can be done, takes the first of them instead of a random one. */
  biased(): Select {
    this.isBiased = true;
    return this;
  }

  /** Until so many milliseconds from now. */
  sleep(durationMs: f64): Select {
    return this.sleepUntil(now() + durationMs);
  }

  /** Until a moment of `now()`. */
  sleepUntil(deadlineMs: f64): Select {
    return this.add(SELECT_SLEEP, 0, reinterpret<u64>(deadlineMs));
  }

  /** Until a task has ended, in whatever way. Then `join` gives its value at once. */
  join<R>(task: JoinHandle<R>): Select {
    return this.add(SELECT_JOIN, changetype<usize>(task));
  }

  /** Until a task of a set has ended. Then `joinNext` gives it at once. Off if the set is empty. */
  joinNext<R>(set: JoinSet<R>): Select {
    if (set.isEmpty) this.isNextOn = false;
    return this.add(SELECT_JOIN_ANY, set.data, set.length);
  }

  /** Until the next tick is due. Then `tick` gives it at once. */
  tick(interval: Interval): Select {
    return this.sleepUntil(interval.due);
  }

  /**
   * Until a message has come from a channel of any kind, which is the receiver's `value` then. Not
   * `ok` if none will come; of a broadcast {@link received} tells more.
   */
  recv<R extends End>(receiver: R): Select {
    if (!isDefined(receiver.tryRecv)) ERROR("nothing can be received from this");
    const isBroadcast = isDefined(receiver.lost);
    return this.add(isBroadcast ? SELECT_BROADCAST : SELECT_RECEIVE, changetype<usize>(receiver));
  }

  /** Until there is a new value, which is the receiver's then, and seen; not `ok` if none comes. */
  changed<T>(receiver: WatchReceiver<T>): Select {
    return this.add(SELECT_CHANGED, changetype<usize>(receiver));
  }

  /** Until nobody will receive what is sent. */
  closed(sender: SendingEnd): Select {
    return this.add(SELECT_CLOSED, changetype<usize>(sender));
  }

  /** Until the value is set. */
  set<T>(once: SetOnce<T>): Select {
    return this.add(SELECT_CLOSED, changetype<usize>(once));
  }

  /** Until there is room for a message: {@link take} the permit. Not `ok` if nobody receives it. */
  reserve<T>(sender: Sender<T>): Select {
    if (sender.maxCapacity == 0) throw new Error("Cannot reserve: the channel has no limit");
    return this.add(SELECT_ACQUIRE, changetype<usize>(sender), 1);
  }

  /** Until permits are there: {@link take} them. Not `ok` if the semaphore is closed. */
  acquire(semaphore: Semaphore, permits: u32 = 1): Select {
    return this.add(SELECT_ACQUIRE, changetype<usize>(semaphore), permits);
  }

  /** Until the mutex is free: {@link take} its guard. */
  lock<T>(mutex: Mutex<T>): Select {
    return this.add(SELECT_ACQUIRE, changetype<usize>(mutex), 1);
  }

  /** Until nobody writes: {@link take} the guard. */
  read<T>(lock: RwLock<T>): Select {
    return this.add(SELECT_ACQUIRE, changetype<usize>(lock), 1);
  }

  /** Until nobody reads or writes: {@link take} the guard. */
  write<T>(lock: RwLock<T>): Select {
    return this.add(SELECT_ACQUIRE, changetype<usize>(lock), PERMITS_MAX);
  }

  /** Until the token is cancelled. */
  cancelled(token: CancellationToken): Select {
    return this.add(SELECT_CANCELLED, changetype<usize>(token));
  }

  /** Until told. Calls to all between two rounds are not seen: see {@link told}. */
  notified(notify: Notify): Select {
    const handle = changetype<usize>(notify);
    return this.add(SELECT_NOTIFIED, handle, core.guestNotifyVersion(handle));
  }

  /** Until told, by a place in line that was taken before. It is kept if the branch loses. */
  told(place: Notified): Select {
    return this.add(SELECT_TOLD, changetype<usize>(place));
  }

  /** Until there may be something to read, or an end; of a listener, to accept. Then try. */
  readable(socket: Socket): Select {
    return this.add(SELECT_READABLE, changetype<usize>(socket));
  }

  /** Until there may be room to write, or a failure. Then try. */
  writable(socket: Socket): Select {
    return this.add(SELECT_WRITABLE, changetype<usize>(socket));
  }

  /** Until there is a connection: {@link take} the stream. Not `ok` if that fails: `lastError`. */
  accept(listener: TcpListener): Select {
    return this.add(SELECT_ACCEPT, changetype<usize>(listener));
  }

  /** Waits until a branch is done, and empties the select. Its number; -1 if all are off. */
  wait(): i32 {
    const count = this.count;
    const isAnyOn = this.isAnyOn;
    const isBiased = this.isBiased;
    this.count = 0;
    this.isAnyOn = false;
    this.isBiased = false;
    this.outcome = 0;
    if (!isAnyOn) return -1;
    const branches = changetype<usize>(this.branches);
    const done = core.guestSelect(branches, count, isBiased);
    const outcome = outcomeAt(branches + done * BRANCH_SIZE);
    check(<u32>outcome, "select");
    this.outcome = outcome;
    return <i32>done;
  }

  /** Has the branch got what it waited for? If not it never will: its other end is gone. */
  get ok(): bool {
    return this.outcome == SYNC_DONE || this.outcome >= <usize>SYNC_STAKE;
  }

  /** What the receiver has found. */
  get received(): Received {
    return <Received>this.outcome;
  }

  /** The guard, or permit, that the branch has waited for: `take<MutexGuard<i32>>()`. Once. */
  take<G extends Handle>(): G {
    const handle = this.outcome;
    if (handle < <usize>SYNC_STAKE) throw new Error("Cannot take guard: the branch has got none");
    this.outcome = SYNC_DONE;
    return changetype<G>(handle);
  }

  private add(kind: u32, handle: usize, argument: u64 = 0): Select {
    const size = this.branches.byteLength;
    const offset = <i32>this.count * BRANCH_SIZE;
    if (offset == size) {
      const larger = new ArrayBuffer(size * 2);
      memory.copy(changetype<usize>(larger), changetype<usize>(this.branches), size);
      this.branches = larger;
    }
    const branch = changetype<usize>(this.branches) + offset;
    setBranch(branch, this.isNextOn ? kind : SELECT_NOTHING, handle, argument);
    this.isAnyOn = this.isAnyOn || this.isNextOn;
    this.isNextOn = true;
    this.count += 1;
    return this;
  }
}
