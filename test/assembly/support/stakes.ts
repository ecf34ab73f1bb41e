/**
 * Threads that coordinate, for tests of single rooms of `assembly/sync`.
 *
 * @module
 */
import { expect } from "vitest";
import {
  PRIMITIVE_GENERATION,
  STAKE_KEPT,
  STAKE_MESSAGE,
  STAKE_OUTCOME,
  STAKE_PERMITS,
  STAKE_PRIMITIVE,
  STAKE_STATE,
  WORKER_MESSAGE,
  WORKER_PRIMITIVES_LIVE,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_STAKES,
  WORKER_STAKES_LIVE,
} from "../../../assembly/shared/layout.ts";
import { SYNC_STAKE } from "../../../assembly/shared/verdicts.ts";
import { makeWorld, type Rooms, type World, type WorldOptions } from "./probe.ts";

/** One thread, and what it has. */
export interface Party {
  readonly core: Rooms;
  readonly rooms: Rooms;
  /** Its list of stakes. */
  readonly owner: number;
  /** Tokens of the continuations that one turn calls, with those that came from its queues. */
  turn(driversPolled?: boolean): number[];
  /** What the last operation of this thread that brought a message brought. */
  message(): bigint;
}

/** The target of a wait that calls a token. */
export const token = (number: number): number => number * 2 + 1;

export class Coordination {
  readonly world: World;
  readonly workers: number;
  readonly parties: readonly Party[];
  readonly #words: BigUint64Array;

  /** A runtime of so many workers. Parties are these threads: all, of which home is the last. */
  constructor(
    workers = 2,
    options: WorldOptions = {},
    threads = Array.from({ length: workers + 1 }, (_, index) => index),
  ) {
    this.workers = workers;
    this.world = makeWorld({ workers, ...options });
    this.#words = new BigUint64Array(this.world.memory.buffer);
    this.parties = threads.map((index) => this.attach(index));
  }

  attach(index: number): Party {
    const { world } = this;
    const rooms = world.thread(index);
    const worker = world.worker(index);
    return {
      rooms,
      core: rooms.index,
      owner: worker + WORKER_STAKES,
      message: () => this.long(worker + WORKER_MESSAGE),
      turn(driversPolled = false) {
        rooms.index.turn(0, driversPolled);
        return Array.from({ length: world.read(worker + WORKER_READY_COUNT) }, (_, entry) =>
          world.read(worker + WORKER_READY + entry * 8),
        );
      },
    };
  }

  long = (address: number): bigint => this.#words[address >> 3] as bigint;
  stateOf = (stake: number): number => this.world.read(stake + STAKE_STATE);
  outcomeOf = (stake: number): number => this.world.readByte(stake + STAKE_OUTCOME);
  permitsOf = (stake: number): number => this.world.read(stake + STAKE_PERMITS);
  messageOf = (stake: number): bigint => this.long(stake + STAKE_MESSAGE);
  /** Makes a block what the end of a guest has received last. */
  keep(stake: number, block: number): void {
    this.#words[(stake + STAKE_KEPT) >> 3] = BigInt(block);
  }
  primitiveOf = (stake: number): number => this.world.read(stake + STAKE_PRIMITIVE);
  generationOf = (primitive: number): number => this.world.read(primitive + PRIMITIVE_GENERATION);

  /** How many stakes and primitives live. */
  live(): [stakes: number, primitives: number] {
    const sum = (field: number) => {
      let total = 0;
      for (let index = 0; index <= this.workers; index++) {
        total += this.world.read(this.world.worker(index) + field);
      }
      return total | 0;
    };
    return [sum(WORKER_STAKES_LIVE), sum(WORKER_PRIMITIVES_LIVE)];
  }

  /** Takes every thread's turn, gives up all that each has, and sees that nothing is left. */
  endsEmpty(): void {
    for (const { core, owner } of this.parties) core.stakeDropAll(owner);
    for (const party of this.parties) party.turn(true);
    expect(this.live()).toEqual([0, 0]);
  }
}

/** Sees that an operation returned a stake and no verdict. */
export function stakeIn(result: number): number {
  expect(result).toBeGreaterThanOrEqual(SYNC_STAKE);
  return result;
}
