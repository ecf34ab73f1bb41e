/**
 * Wakes loops that sleep in their event loop when there is news for their sockets.
 *
 * A loop with foreign work cannot sleep in `epoll_wait`. One thread does so in its place, on an
 * outer epoll instance that holds the loops' own ones, and notifies the park word of the loop that
 * has news: one hop of a few microseconds. A loop re-arms its watch each time it goes to sleep.
 *
 * The thread belongs to the thread that makes runtimes, and serves all of them. It is started when
 * a loop first needs it; a worker asks through a word that the home thread looks at after turns.
 *
 * @module
 */

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { RUNTIME_THREADS, RUNTIME_WORKERS, WORKER_KIND } from "../../../assembly/shared/layout.ts";
import { THREAD_HOME } from "../../../assembly/shared/verdicts.ts";
import {
  announceWatch,
  isWatchWanted,
  parkWordOf,
  wantWatch,
  watchDescriptor,
} from "../../core/notify.ts";
import type { Thread } from "../../core/thread.ts";
import { netError } from "../net-error.ts";
import {
  ENOENT,
  EPOLL_CTL_ADD,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLIN,
  EPOLLONESHOT,
  EVENT_DATA,
  EVENT_STRIDE,
  libc,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
} from "./libc.ts";

/** What the watching thread is given. */
export interface WatchBirth {
  readonly pollFd: number;
  /** Where messages come. *Why not `parentPort`*: Deno's cannot be asked, only listened to. */
  readonly port: MessagePort;
}

/** What the watching thread is told; it looks when its event descriptor calls. */
export type WatchMessage =
  /** The memory of a runtime, by the runtime's number. */
  | { readonly runtime: number; readonly memory: ArrayBufferLike }
  /** The runtime has ended. */
  | { readonly runtime: number; readonly memory: undefined }
  /** The process ends. */
  | "stop";

const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);
const event = new Uint32Array(EVENT_STRIDE / 4);
/** How long to wait before the watcher is started anew, should it have died: of EMFILE, say. */
const RESTART_MS = 50;
let watcher: Watcher | undefined;

/**
 * Has `thread` woken through its park word at the next news on `pollFd`, once.
 *
 * @returns False if there is no watcher yet: ask again after the next turn of the event loop.
 */
export function watchLoop(thread: Thread, pollFd: number): boolean {
  const outer = watchDescriptor(thread);
  if (outer < 0) {
    const isHome = thread.u32[(thread.worker + WORKER_KIND) >> 2] === THREAD_HOME;
    if (!isHome) wantWatch(thread);
    else openWatch(thread);
    return isHome && watchLoop(thread, pollFd);
  }
  const interest = EPOLLIN + EPOLLONESHOT;
  const data = [thread.identity.id, parkWordOf(thread)] as const;
  const errno = control(outer, EPOLL_CTL_MOD, pollFd, interest, ...data);
  if (errno === ENOENT) check(control(outer, EPOLL_CTL_ADD, pollFd, interest, ...data));
  else check(errno);
  return true;
}

/**
 * Starts the watcher ahead of need: by then descriptors may have run out. For a home thread whose
 * runtime has workers, which sleeps in its event loop so as to hear of them.
 *
 * @throws {NetError} If it cannot be had.
 */
export function prepareWatch(thread: Thread): void {
  const { u32, worker, runtime } = thread;
  const isHome = u32[(worker + WORKER_KIND) >> 2] === THREAD_HOME;
  const hasWorkers = u32[(runtime + RUNTIME_WORKERS) >> 2] !== 0;
  if (isHome && hasWorkers && watchDescriptor(thread) < 0) openWatch(thread);
}

/** Starts the watcher if a thread of this runtime has asked for it. For the home thread. */
export function serveWatch(thread: Thread): void {
  if (isWatchWanted(thread)) openWatch(thread);
}

/** Has the watcher forget this runtime. For the home thread, once the others have ended. */
export function closeWatch(thread: Thread): void {
  if (watchDescriptor(thread) < 0) return;
  announceWatch(thread, -1);
  watcher?.forget(thread);
}

function openWatch(thread: Thread): void {
  watcher ??= new Watcher();
  watcher.serve(thread);
  announceWatch(thread, watcher.pollFd);
}

/** The home thread's end of the watching thread. */
class Watcher {
  readonly pollFd: number;
  readonly #eventFd: number;
  /** The home threads of the runtimes that are served, to be told again to another thread. */
  readonly #homes = new Set<Thread>();
  #port: MessagePort;

  constructor() {
    this.pollFd = opened(libc().epollCreate(SOCK_CLOEXEC), "epoll_create1");
    this.#eventFd = opened(libc().eventfd(0, SOCK_NONBLOCK | SOCK_CLOEXEC), "eventfd");
    check(control(this.pollFd, EPOLL_CTL_ADD, this.#eventFd, EPOLLIN + EPOLLET, 0, 0));
    this.#port = this.#start();
    // A thread in a system call hears of nothing else, and the process waits for its threads.
    process.on("exit", () => this.#post("stop"));
  }

  serve(home: Thread): void {
    this.#homes.add(home);
    this.#post({ runtime: home.identity.id, memory: home.bytes.buffer });
  }

  forget(home: Thread): void {
    this.#homes.delete(home);
    this.#post({ runtime: home.identity.id, memory: undefined });
  }

  /** What loops have asked for stands in the epoll instance, which outlives the thread. */
  #start(): MessagePort {
    const { port1, port2: port } = new MessageChannel();
    const birth: WatchBirth = { pollFd: this.pollFd, port };
    const worker = new Worker(new URL("./watch-thread.js", import.meta.url), {
      name: "tokiwa-watch",
      workerData: birth,
      transferList: [port],
    });
    worker.unref();
    worker.on("error", () => setTimeout(() => this.#restart(), RESTART_MS).unref());
    return port1;
  }

  #restart(): void {
    this.#port = this.#start();
    for (const home of this.#homes) {
      this.serve(home);
      // The thread that died may have taken their news, which come once, and told them nothing.
      const threads = home.u32[(home.runtime + RUNTIME_THREADS) >> 2] as number;
      for (let index = 0; index < threads; index++) home.core.unpark(index);
    }
  }

  #post(message: WatchMessage): void {
    this.#port.postMessage(message);
    libc().write(this.#eventFd, ONE, ONE.length);
  }
}

function opened(fd: number, syscall: string): number {
  if (fd < 0) throw netError(syscall, libc().errno());
  return fd;
}

/**
 * `epoll_ctl`, with two words of data: a runtime's number and the address of a park word. Returns 0
 * or an error number.
 */
function control(
  pollFd: number,
  operation: number,
  fd: number,
  interest: number,
  runtime: number,
  address: number,
): number {
  event[0] = interest;
  event[EVENT_DATA / 4] = address;
  event[EVENT_DATA / 4 + 1] = runtime;
  return libc().epollCtl(pollFd, operation, fd, event) < 0 ? libc().errno() : 0;
}

function check(errno: number): void {
  if (errno !== 0) throw netError("epoll_ctl", errno);
}
