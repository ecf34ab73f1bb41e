/**
 * Checks the options of a runtime, and gives those that were left out their defaults.
 *
 * @module
 */

import { FRAMES_ROOM, WORKERS_MAX } from "../../assembly/shared/limits.ts";
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
import { type HistogramConfig, makeHistogram } from "../worker/histogram.ts";
import { makeObserver } from "../worker/observer.ts";
import {
  BLOCKING_MAX,
  DEFAULTS,
  defaultBlocking,
  defaultFlavor,
  defaultWorkers,
  type Environment,
  MEMORY_MAX,
  type OptionPlatform,
  randomSeed,
  threadNames,
} from "./default-options.ts";
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

const ACTION = "build runtime";

const MIB = 2 ** 20;
const MEMORY_MIN = 4 * MIB;
/** What one small function has; and what one small array takes. */
const FRAMES_MIN = 256;
const ARENA_MIN = 1024;
/** Far more than a thread can be told apart by, and still addressable. */
const INTERVAL_MAX = 2 ** 31 - 1;
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
  const likely = workerThreads === undefined ? defaultFlavor(platform) : "multiThread";
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
  if (workerThreads === undefined) return defaultWorkers(flavor, platform, environment);
  if (flavor === "multiThread") return workerThreads;
  throw new TypeError(
    'Cannot build runtime: workerThreads needs the flavor "multiThread", got "currentThread"',
  );
}

function resolveBlocking(
  { maxBlockingThreads, blockingKeepAlive = DEFAULTS.blockingKeepAlive }: BuilderOptions,
  platform: OptionPlatform,
) {
  return {
    maxBlockingThreads:
      maxBlockingThreads === undefined
        ? defaultBlocking(platform)
        : checkWhole(ACTION, "maxBlockingThreads", maxBlockingThreads, 1, BLOCKING_MAX),
    blockingKeepAlive: checkNumber(ACTION, "blockingKeepAlive", blockingKeepAlive, 0, Infinity),
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
  const { globalQueueInterval, eventInterval = DEFAULTS.eventInterval } = options;
  const { maxIoEventsPerTick = DEFAULTS.maxIoEventsPerTick } = options;
  return {
    globalQueueInterval:
      globalQueueInterval === undefined
        ? DEFAULTS.globalQueueInterval
        : checkWhole(ACTION, "globalQueueInterval", globalQueueInterval, 1, INTERVAL_MAX),
    eventInterval: checkWhole(ACTION, "eventInterval", eventInterval, 1, INTERVAL_MAX),
    maxIoEventsPerTick: checkWhole(
      ACTION,
      "maxIoEventsPerTick",
      maxIoEventsPerTick,
      1,
      IO_EVENTS_MAX,
    ),
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

/** Any seed as 32 bits. */
function resolveSeed(seed: BuilderOptions["rngSeed"]): number {
  if (seed === undefined) return randomSeed();
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
  const { maxMemory = DEFAULTS.maxMemory, maxTaskFrames = DEFAULTS.maxTaskFrames } = options;
  const { maxTaskArena = DEFAULTS.maxTaskArena } = options;
  const { collectTaskAbove = DEFAULTS.collectTaskAbove } = options;
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
  const polls = resolveHistogram("metrics.pollTime", pollTime, "linear");
  const latencies = resolveHistogram("metrics.scheduleLatency", scheduleLatency, "log");
  return {
    pollTime: polls,
    scheduleLatency: latencies,
    // Whatever is wrong with one is found here, and not in a worker.
    pollBuckets: polls === undefined ? 0 : makeHistogram(polls).bucketCount,
    latencyBuckets: latencies === undefined ? 0 : makeHistogram(latencies).bucketCount,
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
    observe: makeObserver,
  };
}

function resolveThreadName(
  choice: BuilderOptions["threadName"] = "tokiwa-worker",
): (index: number) => string {
  if (typeof choice === "function") {
    const nameOf = (index: number) => checkString(ACTION, `threadName(${index})`, choice(index));
    nameOf(0);
    return nameOf;
  }
  return threadNames(checkString(ACTION, "threadName", choice));
}
