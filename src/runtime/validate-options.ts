/**
 * Checks the options of a runtime, and gives those that were left out their defaults.
 *
 * @module
 */

import {
  ARENA_MAX,
  COLLECT_ABOVE,
  FRAMES_MAX,
  FRAMES_ROOM,
  WORKERS_MAX,
} from "../../assembly/shared/limits.ts";
import { programEnvironment } from "../core/program.ts";
import {
  checkBoolean,
  checkHook,
  checkNumber,
  checkOptions,
  checkString,
  checkWhole,
  checkWord,
  optionNames,
  outOfRange,
} from "../error/check.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import type { Platform } from "../platform/platform.ts";
import { type HistogramConfig, makeHistogram } from "../worker/histogram.ts";
import type {
  BuilderOptions,
  MetricsOptions,
  ResolvedHooks,
  ResolvedOptions,
  RuntimeFlavor,
  RuntimeHooks,
  ThreadLimits,
  UnhandledPanic,
} from "./options.ts";

/** What of the platform decides about defaults. */
export type OptionPlatform = Pick<
  Platform,
  "name" | "parallelism" | "sharesMemory" | "sharingNeeds"
>;
/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ACTION = "build runtime";
const THREADS_VARIABLE = "TOKIWA_WORKER_THREADS";

const MIB = 2 ** 20;
const MEMORY_MIN = 4 * MIB;
/** What the core's import of its memory allows at most. */
const MEMORY_MAX = 1024 * MIB;
/** What one small function has; and what one small array takes. */
const FRAMES_MIN = 256;
const ARENA_MIN = 1024;
/** Far more than a thread can be told apart by, and still addressable. */
const INTERVAL_MAX = 2 ** 31 - 1;
const BLOCKING_MAX = 512;
const KEEP_ALIVE_MS = 10_000;
const EVENT_INTERVAL = 61;
const IO_EVENTS = 1024;
const IO_EVENTS_MAX = 65_536;

const OPTION_NAMES = optionNames<BuilderOptions>({
  flavor: 0,
  workerThreads: 0,
  maxBlockingThreads: 0,
  blockingKeepAlive: 0,
  startWorker: 0,
  threadName: 0,
  name: 0,
  drivers: 0,
  globalQueueInterval: 0,
  eventInterval: 0,
  maxIoEventsPerTick: 0,
  unhandledPanic: 0,
  onUnhandledPanic: 0,
  onWorkerLost: 0,
  lifoSlot: 0,
  startPaused: 0,
  rngSeed: 0,
  hooks: 0,
  metrics: 0,
  maxMemory: 0,
  maxTaskFrames: 0,
  maxTaskArena: 0,
  collectTaskAbove: 0,
  stackSize: 0,
  resourceLimits: 0,
});

const HOOK_NAMES = optionNames<RuntimeHooks>({
  onThreadStart: 0,
  onThreadStop: 0,
  onThreadPark: 0,
  onThreadUnpark: 0,
  onTaskSpawn: 0,
  onBeforeTaskPoll: 0,
  onAfterTaskPoll: 0,
  onTaskTerminate: 0,
});

const LIMIT_NAMES = optionNames<ThreadLimits>({
  maxOldGenerationSizeMb: 0,
  maxYoungGenerationSizeMb: 0,
  codeRangeSizeMb: 0,
  stackSizeMb: 0,
});

/**
 * Checks `options` as a whole and completes them.
 *
 * @param environment Where `TOKIWA_WORKER_THREADS` is looked up: the process's if left out.
 * @throws {RangeError} If a value is out of range.
 * @throws {TypeError} If an option does not exist, is of the wrong type or contradicts another.
 * @throws {UnsupportedError} If the platform cannot have what is asked for.
 */
export function validateOptions(
  options: BuilderOptions,
  platform: OptionPlatform,
  environment: Environment = programEnvironment(),
): ResolvedOptions {
  const given = checkOptions(ACTION, options, OPTION_NAMES);
  const flavor = resolveFlavor(given, platform);
  return {
    flavor,
    workerThreads: resolveWorkers(given, flavor, platform, environment),
    ...resolveBlocking(given, platform),
    name: given.name === undefined ? undefined : checkString(ACTION, "name", given.name),
    ...resolveDrivers(given.drivers),
    ...resolveIntervals(given),
    unhandledPanic: resolvePanic(given.unhandledPanic, flavor),
    lifoSlot: given.lifoSlot === undefined || checkBoolean(ACTION, "lifoSlot", given.lifoSlot),
    startPaused: resolvePaused(given.startPaused, flavor),
    rngSeed: resolveSeed(given.rngSeed),
    ...resolveMetrics(given.metrics),
    ...resolveMemory(given),
    resourceLimits: resolveLimits(given),
    hooks: resolveHooks(given),
  };
}

function resolveFlavor(
  { flavor, workerThreads }: BuilderOptions,
  platform: OptionPlatform,
): RuntimeFlavor {
  const wantsThreads = platform.sharesMemory || workerThreads !== undefined;
  const likely = wantsThreads ? "multiThread" : "currentThread";
  const found = checkWord(ACTION, "flavor", flavor ?? likely, ["currentThread", "multiThread"]);
  if (found === "currentThread" || platform.sharesMemory) return found;
  const needs = platform.sharingNeeds;
  const instead = 'the flavor "currentThread"';
  throw new UnsupportedError(
    "worker threads",
    platform.name,
    needs === undefined ? instead : `${instead}, or ${needs}`,
  );
}

function resolveWorkers(
  { workerThreads }: BuilderOptions,
  flavor: RuntimeFlavor,
  platform: OptionPlatform,
  environment: Environment,
): number {
  if (workerThreads !== undefined)
    checkWhole(ACTION, "workerThreads", workerThreads, 1, WORKERS_MAX);
  if (flavor === "currentThread") {
    if (workerThreads === undefined) return 0;
    throw new TypeError(
      'Cannot build runtime: workerThreads needs the flavor "multiThread", got "currentThread"',
    );
  }
  if (workerThreads !== undefined) return workerThreads;
  const fromOutside = environment[THREADS_VARIABLE];
  if (fromOutside === undefined || fromOutside === "") {
    return Math.max(1, Math.min(WORKERS_MAX, platform.parallelism));
  }
  const count = /^\d+$/.test(fromOutside) ? Number(fromOutside) : fromOutside;
  return checkWhole(ACTION, THREADS_VARIABLE, count, 1, WORKERS_MAX);
}

function resolveBlocking(
  { maxBlockingThreads, blockingKeepAlive }: BuilderOptions,
  { parallelism }: OptionPlatform,
) {
  return {
    maxBlockingThreads:
      maxBlockingThreads === undefined
        ? Math.min(BLOCKING_MAX, Math.max(4, 2 * parallelism))
        : checkWhole(ACTION, "maxBlockingThreads", maxBlockingThreads, 1, BLOCKING_MAX),
    blockingKeepAlive:
      blockingKeepAlive === undefined
        ? KEEP_ALIVE_MS
        : checkNumber(ACTION, "blockingKeepAlive", blockingKeepAlive, 0, Infinity),
  };
}

function resolveDrivers(drivers: BuilderOptions["drivers"]) {
  if (drivers === undefined || drivers === "all") return { ioEnabled: true, timeEnabled: true };
  if (typeof drivers !== "object")
    throw outOfRange(ACTION, "drivers", '"all" or an object', drivers);
  const given = checkOptions(ACTION, drivers, ["io", "time"], "drivers");
  const { io = false, time = false } = given;
  return {
    ioEnabled: checkBoolean(ACTION, "drivers.io", io),
    timeEnabled: checkBoolean(ACTION, "drivers.time", time),
  };
}

function resolveIntervals(options: BuilderOptions) {
  const { globalQueueInterval, eventInterval, maxIoEventsPerTick } = options;
  return {
    globalQueueInterval:
      globalQueueInterval === undefined
        ? 0
        : checkWhole(ACTION, "globalQueueInterval", globalQueueInterval, 1, INTERVAL_MAX),
    eventInterval:
      eventInterval === undefined
        ? EVENT_INTERVAL
        : checkWhole(ACTION, "eventInterval", eventInterval, 1, INTERVAL_MAX),
    maxIoEventsPerTick:
      maxIoEventsPerTick === undefined
        ? IO_EVENTS
        : checkWhole(ACTION, "maxIoEventsPerTick", maxIoEventsPerTick, 1, IO_EVENTS_MAX),
  };
}

function resolvePanic(choice: UnhandledPanic | undefined, flavor: RuntimeFlavor): UnhandledPanic {
  if (choice === undefined) return "ignore";
  const found = checkWord(ACTION, "unhandledPanic", choice, ["ignore", "shutdownRuntime"]);
  if (found === "ignore" || flavor === "currentThread") return found;
  throw new TypeError(
    'Cannot build runtime: unhandledPanic "shutdownRuntime" needs the flavor "currentThread"',
  );
}

function resolvePaused(choice: boolean | undefined, flavor: RuntimeFlavor): boolean {
  if (choice === undefined || !checkBoolean(ACTION, "startPaused", choice)) return false;
  if (flavor === "currentThread") return true;
  throw new TypeError('Cannot build runtime: startPaused needs the flavor "currentThread"');
}

/** Any seed as 32 bits; without one, 32 random bits. */
function resolveSeed(seed: BuilderOptions["rngSeed"]): number {
  if (seed === undefined) return (Math.random() * 2 ** 32) >>> 0;
  if (typeof seed === "number") return checkWhole(ACTION, "rngSeed", seed, 0, 2 ** 32 - 1);
  if (typeof seed === "string") return hash(new TextEncoder().encode(seed));
  if (seed instanceof Uint8Array) return hash(seed);
  throw outOfRange(ACTION, "rngSeed", "a whole number, a string or bytes", seed);
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let mixed = 0x811c9dc5;
  for (const byte of bytes) mixed = Math.imul(mixed ^ byte, 0x01000193);
  return mixed >>> 0;
}

function resolveMemory(options: BuilderOptions) {
  const { maxMemory = MEMORY_MAX, maxTaskFrames = FRAMES_MAX, maxTaskArena = ARENA_MAX } = options;
  const { collectTaskAbove = COLLECT_ABOVE } = options;
  return {
    maxMemory: checkWhole(ACTION, "maxMemory", maxMemory, MEMORY_MIN, MEMORY_MAX),
    maxTaskFrames: checkWhole(ACTION, "maxTaskFrames", maxTaskFrames, FRAMES_MIN, FRAMES_ROOM),
    maxTaskArena: checkWhole(ACTION, "maxTaskArena", maxTaskArena, ARENA_MIN, MEMORY_MAX),
    collectTaskAbove: checkWhole(
      ACTION,
      "collectTaskAbove",
      collectTaskAbove,
      ARENA_MIN,
      MEMORY_MAX,
    ),
  };
}

function resolveMetrics(metrics: MetricsOptions | undefined) {
  const names = ["pollTime", "scheduleLatency"];
  const { pollTime, scheduleLatency } = checkOptions(ACTION, metrics, names, "metrics");
  return {
    pollTime: resolveHistogram("metrics.pollTime", pollTime, "linear"),
    scheduleLatency: resolveHistogram("metrics.scheduleLatency", scheduleLatency, "log"),
  };
}

function resolveHistogram(
  name: string,
  choice: boolean | HistogramConfig | undefined,
  kind: "linear" | "log",
): HistogramConfig | undefined {
  if (choice === undefined || choice === false) return undefined;
  if (choice === true) return { kind };
  if (typeof choice !== "object" || choice === null) {
    throw outOfRange(ACTION, name, "true, false or a histogram", choice);
  }
  // Whatever is wrong with it is found here, and not in a worker.
  makeHistogram(choice);
  return { ...choice };
}

function resolveLimits({ resourceLimits, stackSize }: BuilderOptions): ThreadLimits {
  const given = checkOptions(ACTION, resourceLimits, LIMIT_NAMES, "resourceLimits");
  const limits: Partial<Record<keyof ThreadLimits, number>> = {};
  for (const key of LIMIT_NAMES) {
    const value = given[key];
    if (value !== undefined)
      limits[key] = checkNumber(ACTION, `resourceLimits.${key}`, value, 1, 65_536);
  }
  if (stackSize !== undefined) {
    limits.stackSizeMb = checkWhole(ACTION, "stackSize", stackSize, MIB / 4, 1024 * MIB) / MIB;
  }
  return limits;
}

function resolveHooks(options: BuilderOptions): ResolvedHooks {
  const given = checkOptions(ACTION, options.hooks, HOOK_NAMES, "hooks");
  for (const key of HOOK_NAMES) checkHook(ACTION, `hooks.${key}`, given[key]);
  return {
    ...given,
    threadName: resolveThreadName(options.threadName),
    startWorker: checkHook(ACTION, "startWorker", options.startWorker),
    onUnhandledPanic: checkHook(ACTION, "onUnhandledPanic", options.onUnhandledPanic),
    onWorkerLost: checkHook(ACTION, "onWorkerLost", options.onWorkerLost),
  };
}

function resolveThreadName(choice: BuilderOptions["threadName"]): (index: number) => string {
  if (typeof choice === "function") {
    const nameOf = (index: number) => checkString(ACTION, `threadName(${index})`, choice(index));
    nameOf(0);
    return nameOf;
  }
  const name = choice === undefined ? "tokiwa-worker" : checkString(ACTION, "threadName", choice);
  return (index) => `${name}-${index}`;
}
