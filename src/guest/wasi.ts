/**
 * WASI preview 1 for guests: arguments, environment, clocks, randomness, standard streams, exit.
 *
 * All of it works on the memory that the threads share, so a task may call it on any worker. Files
 * and sockets are not there: what asks for them is answered that the function is not supported.
 *
 * *Why not a library*: `node:wasi` writes past `console` to the process's descriptors, piece by
 * piece, closes them for all, and is not in browsers. The shims for those count a text's bytes by
 * its characters, and have no good randomness for shared memory.
 *
 * @module
 */

import { WORKER_RUNS } from "../../assembly/shared/layout.ts";
import { WASI_FUNCTIONS } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";
import { exit, randomize, variables } from "./library.ts";
import { LineWriter } from "./line-writer.ts";

const SUCCESS = 0;
const BADF = 8;
const FAULT = 21;
const INVAL = 28;
const NOSYS = 52;
const SPIPE = 70;

const REALTIME = 0;
const MONOTONIC = 1;
const NS_PER_MS = 1e6;

const STREAMS = 3;
const CHARACTER_DEVICE = 2;
const MAY_READ = 1n << 1n;
const MAY_WRITE = 1n << 6n;

type WasiFunction = (...parameters: never[]) => number;
type WasiFunctions = Readonly<Record<(typeof WASI_FUNCTIONS)[number], WasiFunction>>;

/** The functions for the guests of a thread. Each answers with an error number, or 0. */
export function wasiOf(thread: Thread): WasiFunctions {
  const missing = Object.fromEntries(WASI_FUNCTIONS.map((name) => [name, () => NOSYS]));
  const view = new DataView(thread.memory.buffer);
  const args = texts(view, () => thread.identity.argv);
  const environ = texts(view, variables);
  const functions = {
    ...(missing as unknown as WasiFunctions),
    args_sizes_get: args.sizes,
    args_get: args.all,
    environ_sizes_get: environ.sizes,
    environ_get: environ.all,
    ...clocks(view, thread),
    ...streams(view, thread),
    random_get: (at: number, size: number) => {
      randomize(thread, at >>> 0, size >>> 0);
      return SUCCESS;
    },
    // The task goes on, as after a yield when there is nobody else.
    sched_yield: () => SUCCESS,
    proc_exit: exit,
  };
  const entries = Object.entries(functions as Record<string, WasiFunction>);
  const guarded = entries.map(([name, body]) => [name, name === "proc_exit" ? body : guard(body)]);
  return Object.fromEntries(guarded) as WasiFunctions;
}

/** Has a function answer that an address is wrong, if it is outside of the memory. */
function guard(body: WasiFunction): WasiFunction {
  return (...parameters) => {
    try {
      return body(...parameters);
    } catch (error) {
      if (error instanceof RangeError) return FAULT;
      throw error;
    }
  };
}

/** A list of texts, each with a zero behind it, and how much room it takes. */
function texts(view: DataView, list: () => readonly string[]) {
  const encoder = new TextEncoder();
  const encoded = () => list().map((text) => encoder.encode(`${text}\0`));
  return {
    sizes: (count: number, size: number) => {
      const all = encoded();
      view.setUint32(count >>> 0, all.length, true);
      const total = all.reduce((sum, { length }) => sum + length, 0);
      view.setUint32(size >>> 0, total, true);
      return SUCCESS;
    },
    all: (places: number, buffer: number) => {
      let at = buffer >>> 0;
      for (const [index, text] of encoded().entries()) {
        view.setUint32((places >>> 0) + index * 4, at, true);
        bytesAt(view, at, text.length).set(text);
        at += text.length;
      }
      return SUCCESS;
    },
  };
}

function clocks(view: DataView, thread: Thread) {
  return {
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      if (clock !== REALTIME && clock !== MONOTONIC) return INVAL;
      const time =
        clock === REALTIME
          ? BigInt(Date.now()) * BigInt(NS_PER_MS)
          : // The same on all workers, unlike their own.
            BigInt(Math.round(thread.now() * NS_PER_MS));
      view.setBigUint64(at >>> 0, time, true);
      return SUCCESS;
    },
    clock_res_get: (clock: number, at: number) => {
      if (clock !== REALTIME && clock !== MONOTONIC) return INVAL;
      view.setBigUint64(at >>> 0, clock === REALTIME ? BigInt(NS_PER_MS) : 1000n, true);
      return SUCCESS;
    },
  };
}

/** The three streams that a process begins with. They are the console, and stay open for all. */
function streams(view: DataView, thread: Thread) {
  const output = new LineWriter((text) => console.log(text));
  const errors = new LineWriter((text) => console.error(text));
  const writers = [undefined, output, errors];
  const answer = (error: number) => (fd: number) => (fd >>> 0 < STREAMS ? error : BADF);
  return {
    fd_write: (fd: number, list: number, count: number, written: number) => {
      const writer = writers[fd];
      if (writer === undefined) return BADF;
      const pieces = piecesIn(view, list >>> 0, count >>> 0);
      const total = pieces.reduce((sum, { length }) => sum + length, 0);
      view.setUint32(written >>> 0, total, true);
      const task = thread.u32[(thread.worker + WORKER_RUNS) >> 2] as number;
      for (const piece of pieces) writer.write(piece, task);
      return SUCCESS;
    },
    // There is never anything to read: to wait for it would hold the worker.
    fd_read: (fd: number, _list: number, _count: number, read: number) => {
      if (fd !== 0) return BADF;
      view.setUint32(read >>> 0, 0, true);
      return SUCCESS;
    },
    fd_fdstat_get: (fd: number, stat: number) => {
      if (fd >>> 0 >= STREAMS) return BADF;
      const at = stat >>> 0;
      view.setUint32(at, CHARACTER_DEVICE, true);
      view.setUint32(at + 4, 0, true);
      view.setBigUint64(at + 8, fd === 0 ? MAY_READ : MAY_WRITE, true);
      view.setBigUint64(at + 16, 0n, true);
      return SUCCESS;
    },
    fd_seek: answer(SPIPE),
    fd_tell: answer(SPIPE),
    fd_close: answer(SUCCESS),
    // Nothing was opened beforehand: so libraries of C learn that there are no folders.
    fd_prestat_get: () => BADF,
  };
}

/** Copies what a list of places and sizes leads to: decoders refuse shared memory. */
function piecesIn(view: DataView, list: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const at = list + index * 8;
    return bytesAt(view, view.getUint32(at, true), view.getUint32(at + 4, true)).slice();
  });
}

/** @throws {RangeError} If they are outside of the memory. */
function bytesAt({ buffer }: DataView, at: number, size: number): Uint8Array {
  return new Uint8Array(buffer, at, size);
}
