import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/**
 * Tests import the built package by its name, so that they and the worker threads they start run
 * the same files. The build and the fixtures are therefore loaded by Node itself, untouched.
 */
const loadedByNode = [/\/dist\//, /\/(fixtures|suite)\/.*\.mjs$/];

/** Folders of test/ that have a project of their own; all others are unit tests. */
const OWN_PROJECT = ["conformance", "stress", "soak", "tidy", "package", "demo"];

interface Turn {
  /** Projects of one turn run side by side, after those of the turns before. */
  readonly turn: number;
  /** How many files run at once; tests that use every core want 1. */
  readonly files?: number;
  readonly timeoutMs: number;
}

function project(name: string, { turn, files, timeoutMs }: Turn) {
  const unit = name === "unit";
  return {
    extends: true as const,
    test: {
      name,
      include: [unit ? "test/**/*.test.ts" : `test/${name}/**/*.test.ts`],
      exclude: [
        ...configDefaults.exclude,
        ...(unit ? OWN_PROJECT.map((folder) => `test/${folder}/**`) : []),
      ],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      sequence: { groupOrder: turn },
      ...(files === undefined ? {} : { maxWorkers: files }),
    },
  };
}

/** Everything about sockets once more, on the reactor that is not this system's own choice. */
function stdReactor(turn: Turn) {
  const { test } = project("std", turn);
  const include = ["test/net/**/*.test.ts", "test/conformance/{tcp,net,io}_*.test.ts"];
  return { extends: true as const, test: { ...test, include, env: { TOKIWA_REACTOR: "std" } } };
}

export default defineConfig({
  resolve: {
    // For unit tests that import a source file; the build leaves this to package.json.
    alias: {
      "#platform": fileURLToPath(new URL("./src/platform/node/platform.ts", import.meta.url)),
      "#ffi": fileURLToPath(new URL("./src/platform/node/ffi.ts", import.meta.url)),
      "#sockets": fileURLToPath(new URL("./src/platform/node/sockets.ts", import.meta.url)),
    },
  },
  test: {
    pool: "forks",
    server: { deps: { external: loadedByNode } },
    projects: [
      project("tidy", { turn: 0, files: 2, timeoutMs: 30_000 }),
      project("unit", { turn: 1, files: 2, timeoutMs: 20_000 }),
      project("conformance", { turn: 2, files: 2, timeoutMs: 30_000 }),
      stdReactor({ turn: 2, files: 2, timeoutMs: 30_000 }),
      project("package", { turn: 3, files: 1, timeoutMs: 180_000 }),
      project("demo", { turn: 3, files: 1, timeoutMs: 120_000 }),
      project("stress", { turn: 4, files: 1, timeoutMs: 180_000 }),
      project("soak", { turn: 5, files: 1, timeoutMs: 300_000 }),
    ],
  },
});
