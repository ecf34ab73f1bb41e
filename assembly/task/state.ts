/**
 * The task state word: who may poll a task, and what its next owner owes it.
 *
 *      31 ......... 6       5            4             3             2          1         0
 *     +--------------+-----------+------------+---------------+----------+----------+---------+
 *     |  references  | CANCELLED | JOIN_WAKER | JOIN_INTEREST | NOTIFIED | COMPLETE | RUNNING |
 *     +--------------+-----------+------------+---------------+----------+----------+---------+
 *
 * Invariants
 *   S1  RUNNING and COMPLETE are never set together.
 *   S2  COMPLETE, once set, stays set.
 *   S3  A queue entry implies NOTIFIED, and owns one reference.
 *   S4  Only the thread that set RUNNING clears it. (Or the one that buries its dead owner.)
 *   S5  The join waker's fields are the joiner's while JOIN_WAKER is clear, and the completer's
 *       once COMPLETE and JOIN_WAKER are both set.
 *   S6  JOIN_WAKER implies JOIN_INTEREST.
 *   S7  A task that has not ended has references, and whoever acts on it holds one.
 *
 * Wasm has only sequentially consistent atomics, so no weaker order can be written. "Needs" names
 * the edge that the proof uses; the rest is a gift.
 */
import { TASK_STATE } from "../shared/layout";
import { STATE_CANCELLED } from "../shared/verdicts";
import * as word from "../sys/atomic";

/** A snapshot of the word: plain data, perhaps stale as soon as it is read. */
export type State = u32;

const RUNNING: State = 1 << 0;
const COMPLETE: State = 1 << 1;
const NOTIFIED: State = 1 << 2;
const JOIN_INTEREST: State = 1 << 3;
const JOIN_WAKER: State = 1 << 4;
const CANCELLED: State = STATE_CANCELLED;
const ONE_REFERENCE: State = 1 << 6;

/** What the caller of `claim` must now do with the task. */
export const enum Claim {
  /** Poll it. The queue entry's reference belongs to the poll from here on. */
  Poll,
  /** Drop its future unpolled. The reference passes on in the same way. */
  Cancel,
  /** Nothing. Another thread runs it, or it is done. */
  Skip,
  /** Free it. The entry held the last reference. */
  Free,
}

/** What the caller of `suspend` must now do. */
export const enum Suspend {
  /** Nothing: the task sleeps. */
  Idle,
  /** Queue it again. The poll's reference belongs to the new entry. */
  Requeue,
  /** Drop its future. It still counts as running, and the poll keeps its reference. */
  Cancel,
  /** Free it: nobody can wake it any more. */
  Free,
}

/** What the caller of `complete` owes the joiner. */
export const enum Joiner {
  /** Nobody waits: keep the output for whoever asks, or drop it if nobody can. */
  None,
  /** Nobody will ever ask: drop the output. */
  Gone,
  /** Wake the joiner. */
  Wake,
}

/** Who may ask for the output of a task that is born. */
export const enum Interest {
  /** Nobody: it goes elsewhere. */
  None,
  /** Somebody waits. */
  Waits,
  /** Somebody may come. */
  Some,
}

/** The word of a task that is queued as it is born. `references` counts its entry as well. */
export function initialize(task: usize, references: u32, interest: Interest): void {
  let state = NOTIFIED | (references * ONE_REFERENCE);
  if (interest != Interest.None) state |= JOIN_INTEREST;
  if (interest == Interest.Waits) state |= JOIN_WAKER;
  // Nobody else knows the task yet; the queue publishes it. Atomic only to keep to one way in.
  word.store(task + TASK_STATE, state);
}

/**
 * Trades a popped queue entry for the right to poll its task.
 *
 * NOTIFIED falls in the very step that raises RUNNING. Clearing it after the poll would erase a
 * wake that came during the poll.
 *
 * Needs: acquire on success, to see what the waker wrote before `notify`.
 */
export function claim(task: usize): Claim {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & NOTIFIED); // S3: the caller holds an entry...
    assert(references(seen) > 0); // ...and the entry holds a reference.

    let next = seen - ONE_REFERENCE;
    let verdict = references(next) == 0 ? Claim.Free : Claim.Skip;
    if (isIdle(seen)) {
      next = (seen & ~NOTIFIED) | RUNNING; // Keeps the reference for the poll.
      verdict = seen & CANCELLED ? Claim.Cancel : Claim.Poll;
    }

    const found = word.compareExchange(address, seen, next);
    if (found == seen) return verdict;
    seen = found; // Another thread moved first: decide again from what it left.
  }
}

/**
 * Ends a poll that found nothing more to do.
 *
 * Needs: release, paired with the acquire of the next `claim`.
 */
export function suspend(task: usize): Suspend {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & RUNNING); // S4: the caller polled it.

    if (seen & CANCELLED) return Suspend.Cancel;
    let next = seen & ~RUNNING;
    let verdict = Suspend.Requeue;
    if (!(seen & NOTIFIED)) {
      next -= ONE_REFERENCE;
      verdict = references(next) == 0 ? Suspend.Free : Suspend.Idle;
    }

    const found = word.compareExchange(address, seen, next);
    if (found == seen) return verdict;
    seen = found;
  }
}

/**
 * Ends a poll by asking for the next one: a wake by the task itself and a suspension in one step.
 *
 * Needs: release, paired with the acquire of the next `claim`.
 */
export function yieldNow(task: usize): Suspend {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & RUNNING); // S4: the caller polled it.

    if (seen & CANCELLED) return Suspend.Cancel;
    const found = word.compareExchange(address, seen, (seen & ~RUNNING) | NOTIFIED);
    if (found == seen) return Suspend.Requeue;
    seen = found;
  }
}

/**
 * Ends a task. The poll's reference stays with the caller, who gives it up in `release`.
 *
 * Needs: release, paired with the joiner's acquire when it sees COMPLETE.
 */
export function complete(task: usize): Joiner {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & RUNNING); // S1: only a running task completes...
    assert(!(seen & COMPLETE)); // ...and only once.

    const found = word.compareExchange(address, seen, (seen & ~RUNNING) | COMPLETE);
    if (found == seen) break;
    seen = found;
  }
  if (!(seen & JOIN_INTEREST)) return Joiner.Gone;
  return seen & JOIN_WAKER ? Joiner.Wake : Joiner.None;
}

/**
 * Wakes a task. True if the caller must queue it: the entry's reference has been made.
 *
 * Needs: release, paired with the acquire of the `claim` that answers it.
 */
export function notify(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    // A wait may outlive its task. The slot stays as the task left it until it is used again.
    if (seen & COMPLETE) return false;
    assert(references(seen) > 0); // S7

    if (seen & NOTIFIED) return false;
    let next = seen | NOTIFIED;
    if (!(seen & RUNNING)) next += ONE_REFERENCE; // S3: the new entry's own.

    const found = word.compareExchange(address, seen, next);
    if (found == seen) return !(seen & RUNNING);
    seen = found;
  }
}

/** What the caller of `notifyWith` must now do. */
export const enum Wake {
  /** Nothing. */
  None,
  /** Queue it. */
  Queue,
  /** Free it: the reference was the last. */
  Free,
}

/**
 * Wakes a task with a reference of the caller's, who has it no more: it is the new entry's, or
 * given up.
 *
 * Needs: as `notify`.
 */
export function notifyWith(task: usize): Wake {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(references(seen) > 0); // S7

    const verdict = seen & (COMPLETE | NOTIFIED | RUNNING) ? Wake.None : Wake.Queue;
    let next = seen & COMPLETE ? seen : seen | NOTIFIED;
    if (verdict != Wake.Queue) next -= ONE_REFERENCE; // S3: else it is the new entry's.

    const found = word.compareExchange(address, seen, next);
    if (found == seen) return references(next) == 0 ? Wake.Free : verdict;
    seen = found;
  }
}

/** What the caller of `cancel` must now do. */
export const enum Cancel {
  /** Nothing: the task has ended, or was cancelled before. */
  TooLate,
  /** Nothing: the mark is seen after the poll, or by the entry's consumer. */
  Marked,
  /** Queue it, so that a worker drops its future. The entry's reference has been made. */
  Queue,
}

/**
 * Asks a task to end at its next wait. The thread that asks never drops the future itself.
 *
 * Needs: release, paired with the acquire of the `claim` or `suspend` that sees CANCELLED.
 */
export function cancel(task: usize): Cancel {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    if (seen & (COMPLETE | CANCELLED)) return Cancel.TooLate;
    assert(references(seen) > 0); // S7

    let next = seen | CANCELLED;
    let verdict = Cancel.Marked;
    if (seen & RUNNING)
      next |= NOTIFIED; // As Tokio: the mark also counts as a wake.
    else if (!(seen & NOTIFIED)) {
      next = (next | NOTIFIED) + ONE_REFERENCE; // S3: the new entry's own.
      verdict = Cancel.Queue;
    }

    const found = word.compareExchange(address, seen, next);
    if (found == seen) return verdict;
    seen = found;
  }
}

/**
 * Marks a task at shutdown. True if it was idle: the caller now runs it, and must drop its future.
 *
 * Needs: acquire on success, as `claim`.
 */
export function shutdown(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(references(seen) > 0); // S7

    const idle = isIdle(seen);
    const next = seen | CANCELLED | (idle ? RUNNING : 0);
    const found = word.compareExchange(address, seen, next);
    if (found == seen) return idle;
    seen = found;
  }
}

/**
 * Makes an idle task running on the one thread that may run it, without a queue entry. The poll
 * gets a reference of its own. An entry that is still queued will find the task complete.
 *
 * Needs: acquire on success, as `claim`.
 */
export function seize(task: usize): void {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(isIdle(seen)); // S1, S4: only its own thread runs it, and that thread asks.

    const found = word.compareExchange(address, seen, (seen | RUNNING) + ONE_REFERENCE);
    if (found == seen) return;
    seen = found;
  }
}

/** Lends the join waker's fields to the completer. False if the task has completed already. */
export function setJoinWaker(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & JOIN_INTEREST); // S6
    assert(!(seen & JOIN_WAKER)); // S5: the fields are still the joiner's.

    if (seen & COMPLETE) return false;
    const found = word.compareExchange(address, seen, seen | JOIN_WAKER);
    if (found == seen) return true;
    seen = found;
  }
}

/** Takes the join waker's fields back. False if the task has completed already. */
export function unsetJoinWaker(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & JOIN_WAKER); // S5: the fields were lent.

    if (seen & COMPLETE) return false;
    const found = word.compareExchange(address, seen, seen & ~JOIN_WAKER);
    if (found == seen) return true;
    seen = found;
  }
}

/** Says that nobody will ask for the output. False if it is there already: the caller drops it. */
export function dropJoinInterest(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  while (true) {
    assert(seen & JOIN_INTEREST); // S6: given up once.

    if (seen & COMPLETE) return false;
    const found = word.compareExchange(address, seen, seen & ~(JOIN_INTEREST | JOIN_WAKER));
    if (found == seen) return true;
    seen = found;
  }
}

/** Gives a reference up. True if it was the last: the caller frees the task. */
export function release(task: usize): bool {
  return releaseSome(task, 1);
}

/** Gives up two at once, as `release` does: the poll's, and that of the task's runner. */
export function releaseTwice(task: usize): bool {
  return releaseSome(task, 2);
}

function releaseSome(task: usize, count: u32): bool {
  const seen = word.subtract(task + TASK_STATE, count * ONE_REFERENCE);
  assert(references(seen) >= count);
  return references(seen) == count;
}

/** Takes another reference. The caller must hold one. */
export function retain(task: usize): void {
  const seen = word.add(task + TASK_STATE, ONE_REFERENCE);
  assert(references(seen) > 0);
}

/** Takes a reference to a task that may be freed, or be another by now. False if nobody has one. */
export function tryRetain(task: usize): bool {
  const address = task + TASK_STATE;
  let seen = word.load(address);
  // Ends: another thread moved first.
  while (references(seen) > 0) {
    const found = word.compareExchange(address, seen, seen + ONE_REFERENCE);
    if (found == seen) return true;
    seen = found;
  }
  return false;
}

export function isRunning(task: usize): bool {
  return (word.load(task + TASK_STATE) & RUNNING) != 0;
}

/** Are the join waker's fields lent? Only the joiner can rely on the answer. */
export function hasJoinWaker(task: usize): bool {
  return (word.load(task + TASK_STATE) & JOIN_WAKER) != 0;
}

/** Does anybody have a right to the output? Only who completes it can rely on the answer. */
export function hasJoinInterest(task: usize): bool {
  return (word.load(task + TASK_STATE) & JOIN_INTEREST) != 0;
}

export function isComplete(task: usize): bool {
  return (word.load(task + TASK_STATE) & COMPLETE) != 0;
}

function isIdle(state: State): bool {
  return (state & (RUNNING | COMPLETE)) == 0;
}

function references(state: State): u32 {
  return state / ONE_REFERENCE;
}
