/**
 * The reactor of guests' sockets: one epoll instance that all threads of a runtime share.
 *
 * A guest's task goes on anywhere, so its socket is watched by no thread in particular. Whoever is
 * about to sleep, and finds that nobody waits here, does so; and who is busy looks in from time to
 * time, unless somebody waits. As there is never more than one, a wake that is meant for the one
 * who sleeps is not taken by another.
 *
 * Who gives up the poller's place looks at it again before it sleeps. So while all sleep, the last
 * to fall asleep waits here, or has seen that another one does.
 *
 * What `epoll_wait` wrote stays in a block that outlives the thread: should the thread die before
 * the core has heard of it, its burial tells the core all of the block once more, which does no
 * harm.
 *
 * @module
 */

import {
  RUNTIME_FIRST_WORKER,
  WORKER_EVENTS,
  WORKER_SIZE,
} from "../../../assembly/shared/layout.ts";
import { SOCKET_EVENTS_MAX } from "../../../assembly/shared/limits.ts";
import {
  announceGuestPoll,
  guestPollFd,
  leavePoller,
  revokeGuestPoll,
  tryTakePoller,
} from "../../core/guest-poll.ts";
import type { SharedReactor, Thread } from "../../core/thread.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import { netError } from "../net-error.ts";
import {
  EEXIST,
  EINTR,
  EPOLL_CTL_ADD,
  EPOLLET,
  EPOLLIN,
  EVENT_DATA,
  EVENT_STRIDE,
  type Libc,
  libc,
  SOCK_CLOEXEC,
} from "./libc.ts";
import { wakeHandleOf } from "./reactor.ts";
import { watchLoop } from "./watch.ts";

/** One `struct epoll_event`, for `epoll_ctl`. */
const event = new Uint32Array(EVENT_STRIDE / 4);

export class GuestReactor implements SharedReactor {
  readonly #thread: Thread;
  readonly #libc: Libc;
  readonly #pollFd: number;
  readonly #events: number;
  readonly #eventsView: Uint8Array;
  isTaken = false;
  /** How many events were taken, and not delivered. */
  #count = 0;
  /** The epoll instance of the thread's own sockets that has this one in it, or -1. */
  #outerFd = -1;

  /** @throws {NetError} If descriptors have run out. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#libc = libc();
    this.#events = eventsOf(thread);
    this.#eventsView = thread.bytes.subarray(this.#events, this.#events + EVENTS_BYTES);
    this.#pollFd = openPoll(thread);
    // Each write to it is an edge, and wakes the poller, whoever it was meant for.
    const errno = add(this.#pollFd, wakeHandleOf(thread), EPOLLIN + EPOLLET, 0, 0);
    if (errno !== 0 && errno !== EEXIST) throw netError("epoll_ctl", errno);
  }

  tryTake(): boolean {
    this.isTaken ||= tryTakePoller(this.#thread);
    return this.isTaken;
  }

  leave(): void {
    if (!this.isTaken) return;
    this.isTaken = false;
    leavePoller(this.#thread);
  }

  wait(timeoutMs: number): void {
    const timeout = Math.ceil(timeoutMs);
    const count = this.#libc.epollWait(this.#pollFd, this.#eventsView, SOCKET_EVENTS_MAX, timeout);
    this.#count = Math.max(count, 0);
    if (count >= 0) return;
    const errno = this.#libc.errno();
    if (errno !== EINTR) throw netError("epoll_wait", errno);
  }

  deliver(): void {
    const count = this.#count;
    this.#count = 0;
    if (count > 0) {
      this.#thread.core.socketEvents(this.#events, count, EVENT_STRIDE, EVENT_DATA);
    }
  }

  watch(): void {
    // The watcher is being started: until then the loop has to look for itself.
    if (!watchLoop(this.#thread, this.#pollFd)) this.#thread.driver.kick();
  }

  nestIn(outerFd: number): void {
    if (outerFd === this.#outerFd) return;
    const errno = add(outerFd, this.#pollFd, EPOLLIN, 0, 0);
    if (errno !== 0) throw netError("epoll_ctl", errno);
    this.#outerFd = outerFd;
  }

  /** Has epoll tell of a guest's socket. 0, or an error number. */
  add(fd: number, interest: number, address: number, generation: number): number {
    return add(this.#pollFd, fd, interest, address, generation);
  }
}

const EVENTS_BYTES = SOCKET_EVENTS_MAX * EVENT_STRIDE;

/** Tells the core once more what a dead worker had been told. After its burial. */
export function replayEvents(home: Thread, index: number): void {
  const first = home.u32[(home.runtime + RUNTIME_FIRST_WORKER) >> 2] as number;
  const events = home.u32[(first + index * WORKER_SIZE + WORKER_EVENTS) >> 2] as number;
  if (events === 0) return;
  home.core.socketEvents(events, SOCKET_EVENTS_MAX, EVENT_STRIDE, EVENT_DATA);
}

/** Closes what guests have left open. The other threads have ended. */
export function closeGuestPoll(home: Thread): void {
  const pollFd = guestPollFd(home);
  if (pollFd < 0) return;
  for (let fd = home.core.socketTakeOpen(); fd >= 0; fd = home.core.socketTakeOpen()) {
    libc().close(fd);
  }
  revokeGuestPoll(home);
  libc().close(pollFd);
}

/** Where this worker, and whoever follows it, takes events: zeroes are none. */
function eventsOf(thread: Thread): number {
  const word = (thread.worker + WORKER_EVENTS) >> 2;
  const inherited = thread.u32[word] as number;
  if (inherited !== 0) return inherited;
  const block = thread.core.allocate(EVENTS_BYTES);
  if (block === 0) throw new OutOfMemoryError("open reactor");
  thread.bytes.fill(0, block, block + EVENTS_BYTES);
  thread.u32[word] = block;
  return block;
}

function openPoll(thread: Thread): number {
  const found = guestPollFd(thread);
  if (found >= 0) return found;
  const fd = libc().epollCreate(SOCK_CLOEXEC);
  if (fd < 0) throw netError("epoll_create1", libc().errno());
  if (announceGuestPoll(thread, fd)) return fd;
  libc().close(fd);
  return guestPollFd(thread);
}

function add(
  pollFd: number,
  fd: number,
  interest: number,
  address: number,
  generation: number,
): number {
  event[0] = interest;
  event[EVENT_DATA / 4] = address;
  event[EVENT_DATA / 4 + 1] = generation;
  return libc().epollCtl(pollFd, EPOLL_CTL_ADD, fd, event) < 0 ? libc().errno() : 0;
}
