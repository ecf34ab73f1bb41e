/** Wasm tasks that call whatever the core lets guests call, with whatever numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  BRANCH_ARGUMENT,
  BRANCH_HANDLE,
  BRANCH_KIND,
  BRANCH_SIZE,
} from "../../../assembly/shared/layout.ts";
import { SELECT_CANCELLED, SELECT_JOIN_ANY } from "../../../assembly/shared/verdicts.ts";
import { root } from "../../tidy/source.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { type Core, HOME, MortalRuntime, type Step } from "../support/mortal.ts";

const SEEDS = 150;
const TASKS = 12;
const STEPS = 60;
/** Branches of a select, or handles and messages in a list. */
const LIST_MAX = 8;
const HOURS_MS = 1e7;

interface Parameter {
  readonly name: string;
  readonly type: string;
}

interface Call {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** What guests answer for themselves: where their own memory is, and what is in it. */
const TRUSTED = /^guest(New|NewElsewhere|Resize|Visit|Heap\w+|\w*Block\w*|SetLocals|Reset)$/;

/** As guests know them. */
const calls = callsIn(readFileSync(join(root, "assembly/sdk/tokiwa.ts"), "utf8"));

function callsIn(text: string): Call[] {
  const declared = text.matchAll(/^export declare function (\w+)\(([^)]*)\)/gm);
  return [...declared]
    .map(([, name = "", list = ""]) => ({ name, parameters: parametersIn(list) }))
    .filter(({ name }) => !TRUSTED.test(name));
}

function parametersIn(list: string): Parameter[] {
  return [...list.matchAll(/(\w+): (\w+)/g)].map(([, name = "", type = ""]) => ({ name, type }));
}

/** One who calls at random, as a seed decides. */
class Caller {
  readonly history: string[] = [];
  readonly #random: (bound: number) => number;
  readonly #runtime: MortalRuntime;
  readonly #branchRoom: number;
  readonly #handleRoom: number;
  /** Whatever calls have returned: handles that are good, were good, or never were. */
  readonly #known: number[] = [0];

  constructor(seed: number, runtime: MortalRuntime) {
    this.#random = randomFrom(seed);
    this.#runtime = runtime;
    this.#branchRoom = runtime.reserve(LIST_MAX * BRANCH_SIZE);
    this.#handleRoom = runtime.reserve(LIST_MAX * 8);
  }

  /** A call that is the same when it is made again. */
  step(): Step {
    let chosen: { name: string; args: (number | bigint)[] } | undefined;
    return (core) => {
      chosen ??= this.#choose(core);
      const result: number | bigint | undefined = core[chosen.name](...chosen.args);
      if (core.asyncifyState.value === 0) this.#learn(result);
    };
  }

  #choose(core: Core) {
    const { name, parameters } = calls[this.#random(calls.length)] as Call;
    const args = parameters.map((parameter) => this.#argument(core, name, parameter));
    this.history.push(`${name}(${args.join(", ")})`);
    return { name, args };
  }

  #argument(core: Core, call: string, { name, type }: Parameter): number | bigint {
    if (name === "message" || name === "value") {
      return type === "u64" ? BigInt(core.allocate(8)) : this.#random(3) - 1;
    }
    if (name === "block") return call === "guestSpawn" ? 0 : core.allocate(8);
    if (name === "request") return core.allocate(8);
    if (name === "entry") return this.#runtime.entry;
    if (name === "shape") return 0;
    if (name === "number") return this.#runtime.guest();
    if (name === "deadlineMs") return this.#runtime.now + this.#random(3000) - 1000;
    if (name === "branches") return this.#branches();
    if (name === "children" || name === "at" || (name === "into" && call !== "guestMergePermits")) {
      return this.#handles();
    }
    if (name === "count" || name === "most" || name === "bytes") return 1 + this.#random(LIST_MAX);
    if (type === "bool") return this.#random(2);
    if (type === "usize") return this.#handle();
    return this.#number();
  }

  /** Something that may be a handle, or have been one. */
  #handle(): number {
    const known = this.#known[this.#random(this.#known.length)] as number;
    const how = this.#random(16);
    if (how === 0) return (known ^ (1 << this.#random(31))) >>> 0;
    return how === 1 ? this.#random(2 ** 32) : known;
  }

  #number(): number {
    return [0, 1, 2, 3, 5, 1000, this.#random(2 ** 32), 2 ** 32 - 1][this.#random(8)] as number;
  }

  #handles(): number {
    const room = this.#handleRoom;
    for (let at = 0; at < LIST_MAX; at++) this.#runtime.write(room + at * 4, this.#handle());
    return room;
  }

  #branches(): number {
    for (let index = 0; index < LIST_MAX; index++) {
      const branch = this.#branchRoom + index * BRANCH_SIZE;
      for (let at = 0; at < BRANCH_SIZE; at += 4) this.#runtime.write(branch + at, this.#handle());
      const kind = this.#random(SELECT_CANCELLED + 2);
      this.#runtime.write(branch + BRANCH_KIND, kind);
      const handle = kind === SELECT_JOIN_ANY ? this.#handles() : this.#handle();
      this.#runtime.write(branch + BRANCH_HANDLE, handle);
      this.#runtime.writeLong(branch + BRANCH_ARGUMENT, BigInt(this.#random(4)));
    }
    return this.#branchRoom;
  }

  #learn(result: number | bigint | undefined): void {
    if (typeof result === "bigint") {
      this.#learn(Number(result & 0xffffffffn));
      this.#learn(Number(result >> 32n));
    } else if (result !== undefined && result >>> 0 > 1000) this.#known.push(result >>> 0);
  }
}

/** Some tasks of one caller, each with steps of its own, until they end or are aborted. */
function liveThrough(seed: number): MortalRuntime {
  const runtime = new MortalRuntime();
  const caller = new Caller(seed, runtime);
  const home = runtime.cores[HOME] as Core;
  try {
    const tasks = Array.from({ length: TASKS }, () => {
      const steps = Array.from({ length: STEPS }, () => caller.step());
      const task = runtime.spawn(runtime.guest(...steps));
      return { task, generation: runtime.generationOf(task) };
    });
    runtime.settle();
    runtime.now += HOURS_MS;
    runtime.settle();
    for (const { task, generation } of tasks) home.abortTask(task, generation);
    runtime.settle();
    runtime.dropAll();
  } catch (cause) {
    throw new Error(`Seed ${seed}, last calls:\n${caller.history.slice(-12).join("\n")}`, {
      cause,
    });
  }
  return runtime;
}

describe("a guest that calls the core with random numbers", () => {
  test("knows all there is to call", () => {
    expect(calls.length).toBeGreaterThan(80);
  });

  test("fails alone, and leaves nothing behind", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { tasks, waits, stakes, primitives } = liveThrough(seed).living();
      expect({ tasks, waits, stakes, primitives }, `seed ${seed}`).toEqual({
        tasks: 0,
        waits: 0,
        stakes: 0,
        primitives: 0,
      });
    }
  });
});
