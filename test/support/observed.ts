/**
 * Programs whose runtime a test looks into.
 *
 * @module
 */
import { Program, type ProgramOptions } from "./program.ts";

/** What the program's runtime answers to "figures". */
export interface Figures {
  readonly aliveTasks: number;
  readonly pendingWaits: number;
  readonly memoryBytes: number;
  /** Sockets that are watched. */
  readonly sockets: number;
  /** Sockets ever watched. */
  readonly accepted: number;
  /** Connections that are being served. */
  readonly connections: number;
  readonly bytesWritten: number;
  /** By worker. */
  readonly pollCounts: number[];
  readonly parkCounts: number[];
}

/** Starts a program that answers the questions of `observe.mjs`. */
export function observed(file: string, options: ProgramOptions = {}, args: string[] = []): Program {
  const flags = ["--import", "./test/support/observe.mjs", ...(options.flags ?? [])];
  return new Program(file, args, { ...options, flags });
}
