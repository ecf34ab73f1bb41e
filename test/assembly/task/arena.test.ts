import { describe, expect, test } from "vitest";
import {
  FRAMES_END,
  FRAMES_FIRST,
  RUNTIME_ARENA_MAX,
  RUNTIME_BREAK,
  RUNTIME_COLLECT_ABOVE,
  TASK_FRAMES,
  TASK_SIZE,
  WORKER_ARENA_BYTES,
  WORKER_COLLECTIONS,
} from "../../../assembly/shared/layout.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { makeWorld, type Rooms, type World } from "../support/probe.ts";

/** The class of buffers, which refer to nothing; and a visitor that is never called. */
const BUFFER = 1;
const VISITOR = 1;

interface Thing {
  readonly address: number;
  readonly size: number;
  readonly fill: number;
}

/** A task whose objects are buffers, and whose frames hold what the test puts there. */
class Arena {
  readonly world: World;
  readonly rooms: Rooms;
  readonly header: number;
  readonly bytes: Uint8Array;
  #fills = 0;

  constructor(world: World, rooms: Rooms, limit = 1 << 24) {
    this.world = world;
    this.rooms = rooms;
    world.write(world.runtime + RUNTIME_ARENA_MAX, limit);
    world.write(world.runtime + RUNTIME_COLLECT_ABOVE, 4096);
    this.bytes = new Uint8Array(world.memory.buffer);
    this.header = rooms.heap.allocate(TASK_SIZE);
    this.bytes.fill(0, this.header, this.header + TASK_SIZE);
  }

  get used(): number {
    return this.rooms.arena.used(this.header);
  }

  make(size: number): Thing {
    const { arena } = this.rooms;
    const address =
      arena.make(this.header, size, BUFFER) ||
      arena.makeElsewhere(this.header, size, BUFFER, VISITOR);
    expect(address).not.toBe(0);
    expect(this.isWhole({ address, size, fill: 0 })).toBe(true);
    this.#fills = (this.#fills % 255) + 1;
    this.bytes.fill(this.#fills, address, address + size);
    return { address, size, fill: this.#fills };
  }

  isWhole({ address, size, fill }: Thing): boolean {
    for (let at = address; at < address + size; at++) if (this.bytes[at] !== fill) return false;
    return true;
  }

  /** Collects what these words, as a task's frames, do not lead to. */
  collect(words: readonly number[]): void {
    const { world, rooms, header } = this;
    const frames = rooms.heap.allocate(FRAMES_FIRST + 4 * words.length);
    world.write(frames + FRAMES_END, frames + FRAMES_FIRST + 4 * words.length);
    world.u32.set(words, (frames + FRAMES_FIRST) >> 2);
    world.write(header + TASK_FRAMES, frames);
    rooms.collector.collect(header);
    rooms.heap.release(frames);
  }

  clear(): void {
    this.rooms.arena.clear(this.header);
  }
}

describe("an arena", () => {
  test("makes zeroed objects that do not overlap, whatever is collected between them", () => {
    const world = makeWorld({ pages: 512 });
    const rooms = world.thread(0);
    for (let seed = 1; seed <= 10; seed++) {
      const below = randomFrom(seed * 7919);
      const arena = new Arena(world, rooms);
      let kept: Thing[] = [];
      for (let round = 0; round < 40; round++) {
        for (let count = below(200); count > 0; count--) {
          kept.push(arena.make(below(50) === 0 ? below(80_000) : below(300)));
        }
        kept = kept.filter(() => below(3) > 0);
        // Any byte of an object stands for it, that of its header included.
        const words = kept.map(({ address, size }) => address - 16 + below(16 + size));
        arena.collect([...words, 0, 1, below(1 << 30), world.runtime]);
        expect(kept.every((thing) => arena.isWhole(thing))).toBe(true);
      }
      expect(arena.used).toBeGreaterThan(kept.reduce((sum, { size }) => sum + size, 0));
      arena.clear();
    }
    expect(world.read(world.worker(0) + WORKER_ARENA_BYTES)).toBe(0);
  });

  test("takes no more memory for what is made again and again", () => {
    const world = makeWorld();
    const arena = new Arena(world, world.thread(0));
    const kept = arena.make(100);
    let warm = 0;
    for (let round = 0; round < 500; round++) {
      for (let size = 1; size <= 4096; size *= 2) arena.make(size);
      arena.collect([kept.address]);
      expect(arena.used).toBeLessThan(32 * 1024);
      if (round === 100) warm = world.read(world.runtime + RUNTIME_BREAK);
    }
    expect(world.read(world.runtime + RUNTIME_BREAK)).toBe(warm);
    expect(arena.isWhole(kept)).toBe(true);
  });

  test("is collected before its limit stops the task, whatever stands in holes", () => {
    const world = makeWorld({ pages: 512 });
    const arena = new Arena(world, world.thread(0), 1 << 20);
    for (let round = 0; round < 100; round++) {
      const kept = arena.make(100_000);
      arena.collect([kept.address]);
      expect(arena.isWhole(kept)).toBe(true);
    }
  });

  test("goes back to a mark, and is not collected before", () => {
    const world = makeWorld();
    const rooms = world.thread(0);
    const arena = new Arena(world, rooms);
    const collections = () => world.f64[(world.worker(0) + WORKER_COLLECTIONS) >> 3];
    for (let round = 0; round < 20; round++) {
      const kept = arena.make(1000);
      for (let count = 0; count < 100; count++) arena.make(100);
      const mark = rooms.marks.make(arena.header);
      const { used } = arena;
      const before = collections();
      for (let count = 0; count < 100; count++) arena.make(500);
      arena.collect([]);
      expect(collections()).toBe(before);
      expect(arena.isWhole(kept)).toBe(true);
      expect(rooms.marks.reset(arena.header, mark)).toBe(1);
      expect(rooms.marks.reset(arena.header, mark)).toBe(0);
      expect(arena.used).toBeLessThanOrEqual(used);
      arena.collect([kept.address]);
      expect(arena.isWhole(kept)).toBe(true);
    }
    expect(collections()).toBeGreaterThan(10);
  });

  test("is left as it is while there is no memory for a collection", () => {
    const world = makeWorld();
    const rooms = world.thread(0);
    const arena = new Arena(world, rooms);
    const kept = arena.make(5000);
    const filled: number[] = [];
    for (let bytes = 1 << 16; bytes >= 8; bytes /= 2) {
      for (let block = rooms.heap.allocate(bytes); block !== 0; ) {
        filled.push(block);
        block = rooms.heap.allocate(bytes);
      }
    }
    const { used } = arena;
    arena.rooms.collector.collect(arena.header);
    expect(arena.used).toBe(used);
    expect(arena.isWhole(kept)).toBe(true);
    for (const block of filled) rooms.heap.release(block);
    arena.clear();
  });
});
