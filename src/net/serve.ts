/**
 * Serving one listener on every worker.
 *
 * All workers wait at the same socket, and the system wakes one of them for each connection. The
 * connection then goes to the worker that has the fewest: the system prefers the same worker over
 * and over while there is little to do, but connections stay.
 *
 * @module
 */

import {
  RUNTIME_FIRST_WORKER,
  RUNTIME_WORKERS,
  WORKER_CONNECTIONS,
  WORKER_SIZE,
} from "../../assembly/shared/layout.ts";
import { KIND_PINNED } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { addClamped } from "../core/words.ts";
import { checkBody } from "../error/check.ts";
import { JoinError } from "../error/join-error.ts";
import { co, isGenerator } from "../future/co.ts";
import { isErrorOf } from "../platform/error-owner.ts";
import { findPortable, importPortable, type PortableName } from "../task/defined-tasks.ts";
import type { JoinHandle } from "../task/join-handle.ts";
import { makePortable, type PortableTask, portableName, startPortable } from "../task/portable.ts";
import { spawnOn } from "../task/spawn.ts";
import { isPortable } from "../task/startable.ts";
import { sleep } from "../time/sleep.ts";
import { hasDescriptors } from "./reactor.ts";
import { type ConnectionHandler, setStartServing, type TcpListener } from "./tcp-listener.ts";
import { socketOf, type TcpStream } from "./tcp-stream.ts";
import { adoptListener, listenerFd } from "./transfer.ts";

/** Where our own portable tasks live: in every worker from its first moment. */
const here = { url: "tokiwa:net" };
/** How long to wait before accepting again, when descriptors have run out. */
const EXHAUSTED_PAUSE_MS = 10;

setStartServing(serve);

/** Accepts connections until the handle is aborted; see `TcpListener.serve`. */
function serve(listener: TcpListener, handler: ConnectionHandler): JoinHandle<void> {
  checkBody("serve listener", handler);
  const { thread } = context();
  const everywhere = isPortable(handler) && workersOf(thread) > 0 && hasDescriptors();
  const body = everywhere
    ? () => acceptEverywhere(thread, listener, portableName(handler as never))
    : () => acceptHere(listener, (stream) => serveHere(handler, stream));
  return spawnOn(thread, body, [{ name: "serve" }]) as JoinHandle<void>;
}

/** Keeps an accepting task on every worker, also on one that takes a lost worker's place. */
async function acceptEverywhere(
  thread: Thread,
  listener: TcpListener,
  handler: PortableName,
): Promise<void> {
  const keepAccepting = async (worker: number) => {
    for (;;) {
      const fd = listenerFd(listener);
      const args = [fd, handler.url, handler.name];
      const handle = startPortable(thread, acceptOn, args, KIND_PINNED, worker);
      try {
        await handle;
        return;
      } catch (error) {
        if (!(error instanceof JoinError && error.isWorkerLost)) throw error;
      } finally {
        handle.abort();
      }
    }
  };
  const workers = Array.from({ length: workersOf(thread) }, (_, index) => keepAccepting(index));
  await Promise.all(workers);
}

/** Accepts on the worker that runs it, and gives each connection to the least busy worker. */
const acceptOn = makePortable(here, "accept", async (fd: number, url: string, name: string) => {
  const { thread } = context();
  const listener = adoptListener(fd);
  try {
    const handler = findPortable({ url, name }) ?? (await importPortable({ url, name }));
    await acceptHere(listener, (stream) => place(thread, handler, stream));
  } finally {
    listener.close();
  }
});

/** Starts to serve a connection that another worker accepted. */
const serveOn = makePortable(
  here,
  "serve",
  async (stream: TcpStream, url: string, name: string) => {
    try {
      start(findPortable({ url, name }) ?? (await importPortable({ url, name })), stream);
    } catch (reason) {
      end(context().thread, stream);
      throw reason;
    }
  },
);

async function acceptHere(listener: TcpListener, take: (stream: TcpStream) => void): Promise<void> {
  for (;;) {
    let stream: TcpStream;
    try {
      ({ stream } = await listener.accept());
    } catch (error) {
      if (!isExhaustion(error)) throw error;
      await sleep(EXHAUSTED_PAUSE_MS);
      continue;
    }
    take(stream);
  }
}

/** Hands a connection to the worker that serves the fewest. */
function place(thread: Thread, handler: PortableTask<unknown[], unknown>, stream: TcpStream): void {
  const target = leastBusy(thread);
  addClamped(thread, connectionsOf(thread, target), 1);
  if (target === thread.index) {
    start(handler, stream);
    return;
  }
  const { url, name } = portableName(handler as never);
  startPortable(thread, serveOn, [stream, url, name], KIND_PINNED, target);
}

function serveHere(handler: ConnectionHandler, stream: TcpStream): void {
  const { thread } = context();
  addClamped(thread, connectionsOf(thread, thread.index), 1);
  start(handler, stream);
}

/**
 * Begins the task of a connection, on the worker where it stays: what fails is that task, by its
 * number and name, wherever the connection was accepted.
 */
function start(handler: ConnectionHandler, stream: TcpStream): void {
  const { thread } = context();
  const name = handler.name === "" ? undefined : handler.name;
  spawnOn(thread, () => handle(thread, handler, stream), [{ name }]);
}

async function handle(
  thread: Thread,
  handler: (stream: TcpStream) => unknown,
  stream: TcpStream,
): Promise<void> {
  // The stream's own may be taken out of it, by `intoSplit`.
  const socket = socketOf(stream);
  try {
    const result = handler(stream);
    await (isGenerator(result) ? co(result) : result);
  } catch (error) {
    if (!isErrorOf(socket, error) || !isReset(error)) throw error;
  } finally {
    end(thread, stream);
  }
}

function end(thread: Thread, stream: TcpStream): void {
  stream.close();
  addClamped(thread, connectionsOf(thread, thread.index), -1);
}

/** The worker with the fewest connections; this one, if it is among them. */
function leastBusy(thread: Thread): number {
  let best = thread.index;
  let fewest = thread.u32[connectionsOf(thread, best) >> 2] as number;
  for (let index = 0; index < workersOf(thread); index++) {
    const connections = thread.u32[connectionsOf(thread, index) >> 2] as number;
    if (connections >= fewest) continue;
    best = index;
    fewest = connections;
  }
  return best;
}

function connectionsOf(thread: Thread, index: number): number {
  const first = thread.u32[(thread.runtime + RUNTIME_FIRST_WORKER) >> 2] as number;
  return first + index * WORKER_SIZE + WORKER_CONNECTIONS;
}

function workersOf(thread: Thread): number {
  return thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] as number;
}

/** The peer has gone: for a server that is how connections end. */
function isReset(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "ECONNRESET" || code === "EPIPE";
}

function isExhaustion(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "EMFILE" || code === "ENFILE" || code === "ENOBUFS" || code === "ENOMEM";
}
