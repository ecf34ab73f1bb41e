/**
 * What holds for a runtime of which nobody has said anything.
 *
 * *Why not with the checks of what was said*: programs that use the default runtime need none.
 *
 * @module
 */

import { ARENA_MAX, COLLECT_ABOVE, FRAMES_MAX, WORKERS_MAX } from "../../assembly/shared/limits.ts";
import { programEnvironment } from "../core/program.ts";
import { checkWhole } from "../error/check.ts";
import type { Platform } from "../platform/platform.ts";
import type { ResolvedOptions, RuntimeFlavor } from "./options.ts";

/** What of the platform decides about defaults. */
export type OptionPlatform = Pick<
  Platform,
  "name" | "parallelism" | "sharesMemory" | "sharingNeeds"
>;
/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

const THREADS_VARIABLE = "TOKIWA_WORKER_THREADS";

/** What the core's import of its memory allows at most, in bytes. */
export const MEMORY_MAX = 2 ** 30;
export const BLOCKING_MAX = 512;

/** What is the same on every platform. */
export const DEFAULTS = {
  blockingKeepAlive: 10_000,
  ioEnabled: true,
  timeEnabled: true,
  globalQueueInterval: 0,
  eventInterval: 61,
  maxIoEventsPerTick: 1024,
  unhandledPanic: "ignore",
  lifoSlot: true,
  startPaused: false,
  maxMemory: MEMORY_MAX,
  maxTaskFrames: FRAMES_MAX,
  maxTaskArena: ARENA_MAX,
  collectTaskAbove: COLLECT_ABOVE,
} as const;

/** All options of the default runtime. */
export function defaultOptions(platform: OptionPlatform): ResolvedOptions {
  const flavor = defaultFlavor(platform);
  return {
    ...DEFAULTS,
    flavor,
    workerThreads: defaultWorkers(flavor, platform, programEnvironment()),
    maxBlockingThreads: defaultBlocking(platform),
    name: undefined,
    rngSeed: randomSeed(),
    pollTime: undefined,
    scheduleLatency: undefined,
    pollBuckets: 0,
    latencyBuckets: 0,
    resourceLimits: {},
    hooks: {
      threadName: threadNames("tokiwa-worker"),
      startWorker: undefined,
      onUnhandledPanic: undefined,
      onWorkerLost: undefined,
      observe: undefined,
    },
  };
}

export function defaultFlavor({ sharesMemory }: OptionPlatform): RuntimeFlavor {
  return sharesMemory ? "multiThread" : "currentThread";
}

/** @throws {RangeError} If the environment asks for an impossible number. */
export function defaultWorkers(
  flavor: RuntimeFlavor,
  { parallelism }: OptionPlatform,
  environment: Environment,
): number {
  if (flavor === "currentThread") return 0;
  const fromOutside = environment[THREADS_VARIABLE];
  if (fromOutside === undefined || fromOutside === "") {
    return Math.max(1, Math.min(WORKERS_MAX, parallelism));
  }
  const count = /^\d+$/.test(fromOutside) ? Number(fromOutside) : fromOutside;
  return checkWhole("build runtime", THREADS_VARIABLE, count, 1, WORKERS_MAX);
}

export function defaultBlocking({ parallelism }: OptionPlatform): number {
  return Math.min(BLOCKING_MAX, Math.max(4, 2 * parallelism));
}

/** 32 random bits. */
export function randomSeed(): number {
  return (Math.random() * 2 ** 32) >>> 0;
}

export function threadNames(name: string): (index: number) => string {
  return (index) => `${name}-${index}`;
}
