import { describe, expect, test } from "vitest";
import {
  OWN_LIST_COUNT,
  RUNTIME_BREAK,
  RUNTIME_HEAP,
  RUNTIME_TASK_SLAB,
  SHARED_LIST_HEAD,
  TASK_GENERATION,
  TASK_SIZE,
  WORKER_FREE_BLOCKS,
  WORKER_FREE_TASKS,
} from "../../../assembly/shared/layout.ts";
import { FREE_BATCH } from "../../../assembly/shared/limits.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { makeWorld, type Rooms, type World } from "../support/probe.ts";

const taskLists = (world: World, index: number): [number, number] => [
  world.worker(index) + WORKER_FREE_TASKS,
  world.runtime + RUNTIME_TASK_SLAB,
];

function takeTask(world: World, rooms: Rooms, index: number): number {
  return rooms.slab.allocate(...taskLists(world, index), TASK_SIZE, TASK_GENERATION);
}

function freeTask(world: World, rooms: Rooms, index: number, task: number): void {
  rooms.slab.free(...taskLists(world, index), task, TASK_GENERATION);
}

describe("a slab", () => {
  test("hands out slots that are zeroed behind their first word, told apart by generation", () => {
    const world = makeWorld();
    const one = world.thread(0);
    const slot = takeTask(world, one, 0);
    world.u32.fill(7, slot >> 2, (slot + TASK_GENERATION) >> 2);
    freeTask(world, one, 0, slot);
    const again = takeTask(world, one, 0);
    expect(again).toBe(slot);
    expect(world.read(again + TASK_GENERATION)).toBe(1);
    const [first, ...rest] = world.u32.subarray(again >> 2, (again + TASK_GENERATION) >> 2);
    expect(first).toBe(7);
    expect(rest.every((word) => word === 0)).toBe(true);
  });

  test("never gives an old id to a new user, not even the 65,537th", () => {
    const world = makeWorld();
    const one = world.thread(0);
    const slot = takeTask(world, one, 0);
    freeTask(world, one, 0, slot);
    for (let use = 1; use <= 70_000; use++) {
      if (takeTask(world, one, 0) !== slot) throw new Error("another slot");
      if (world.read(slot + TASK_GENERATION) !== use) throw new Error(`generation of use ${use}`);
      freeTask(world, one, 0, slot);
    }
    expect(one.task.isCurrent(slot, 70_000 - 65_536)).toBe(0);
  });

  test("retires a slot whose generation would wrap", () => {
    const world = makeWorld();
    const one = world.thread(0);
    const slot = takeTask(world, one, 0);
    world.write(slot + TASK_GENERATION, 0xffff_ffff);
    freeTask(world, one, 0, slot);
    const seen = new Set<number>();
    for (let use = 0; use < 1000; use++) seen.add(takeTask(world, one, 0));
    expect(seen.has(slot)).toBe(false);
    expect(seen.size).toBe(1000);
  });
});

describe("the heap", () => {
  test("rounds up to classes, and tells sizes beyond the last apart", () => {
    const world = makeWorld({ pages: 4096 });
    const { heap } = world.thread(0);
    for (const size of [0, 1, 8, 9, 24, 25, 100, 1000, 65_528, 65_529, 1 << 20, (1 << 26) - 8]) {
      const block = heap.allocate(size);
      expect(block % 8).toBe(0);
      expect(block).toBeGreaterThan(0);
      const bytes = 1 << (world.read(block - 4) + 4);
      expect(bytes - 8).toBeGreaterThanOrEqual(size);
      expect(bytes === 16 || bytes / 2 - 8 < size).toBe(true);
    }
    expect(heap.allocate((1 << 26) - 7)).toBe(0);
    expect(heap.allocate(0x7fff_ffff)).toBe(0);
    expect(heap.allocate(0xffff_ffff)).toBe(0);
  });

  test("keeps every block to its owner, whatever is freed in between", () => {
    const seed = Date.now();
    console.log(`seed ${seed}`);
    const below = randomFrom(seed);
    const world = makeWorld({ pages: 512 });
    const bytes = new Uint8Array(world.memory.buffer as ArrayBuffer);
    const { heap } = world.thread(0);
    const live: { block: number; size: number; mark: number }[] = [];
    for (let step = 0; step < 20_000; step++) {
      if (live.length < 200 && below(2) === 0) {
        const size = below(2 ** below(14));
        const block = heap.allocate(size);
        const mark = below(256);
        bytes.fill(mark, block, block + size);
        live.push({ block, size, mark });
      } else if (live.length > 0) {
        const [gone] = live.splice(below(live.length), 1) as [(typeof live)[0]];
        const content = bytes.subarray(gone.block, gone.block + gone.size);
        if (!content.every((byte) => byte === gone.mark))
          throw new Error(`seed ${seed}: overwritten`);
        heap.release(gone.block);
      }
    }
  });

  test("traps when a block is released twice", () => {
    const { heap } = makeWorld().thread(0);
    const block = heap.allocate(10);
    heap.release(block);
    expect(() => heap.release(block)).toThrow(/heap\.ts/);
  });

  test("answers 0 when memory is full, and everything goes on", () => {
    const world = makeWorld({ pages: 64 });
    const { heap, task } = world.thread(0);
    const blocks: number[] = [];
    for (let block = heap.allocate(1000); block !== 0; block = heap.allocate(1000)) {
      blocks.push(block);
    }
    expect(blocks.length).toBeGreaterThan(2000);
    expect(new Set(blocks).size).toBe(blocks.length);
    expect(heap.allocate(5000)).toBe(0);
    // What is given back can be taken again, all of it.
    for (const block of blocks) heap.release(block);
    for (const _ of blocks) expect(heap.allocate(1000)).not.toBe(0);
    expect(heap.allocate(1000)).toBe(0);
    // Less than a chunk may be left for others; they too end with 0.
    let tasks = 0;
    while (task.create(0) !== 0) tasks += 1;
    expect(tasks).toBeLessThan(200);
    // What is given back serves others, too, in smaller pieces.
    for (const block of blocks) heap.release(block);
    const pieces = new Set(Array.from({ length: 4 * blocks.length }, () => heap.allocate(200)));
    expect(pieces.size).toBe(4 * blocks.length);
    expect(pieces.has(0)).toBe(false);
  });
});

describe("free lists", () => {
  test("bring memory back that flows one way", () => {
    const world = makeWorld();
    const [one, two] = [world.thread(0), world.thread(1)];
    const round = () => {
      const slots = Array.from({ length: 500 }, () => takeTask(world, one, 0));
      const blocks = Array.from({ length: 500 }, () => one.heap.allocate(40));
      for (const slot of slots) freeTask(world, two, 1, slot);
      for (const block of blocks) two.heap.release(block);
    };
    for (let warm = 0; warm < 5; warm++) round();
    const before = world.read(world.runtime + RUNTIME_BREAK);
    for (let again = 0; again < 200; again++) round();
    expect(world.read(world.runtime + RUNTIME_BREAK)).toBe(before);
    expect(world.read(taskLists(world, 1)[0] + OWN_LIST_COUNT)).toBeLessThan(2 * FREE_BATCH);
  });

  test("count what they hold", () => {
    const world = makeWorld();
    const one = world.thread(0);
    const [own] = taskLists(world, 0);
    const slots = Array.from({ length: 300 }, () => takeTask(world, one, 0));
    for (const slot of slots) freeTask(world, one, 0, slot);
    let length = 0;
    for (let slot = world.read(own); slot !== 0; slot = world.read(slot + 4)) length += 1;
    expect(world.read(own + OWN_LIST_COUNT)).toBe(length);
  });

  test("are handed to everyone when a worker is lost", () => {
    const world = makeWorld();
    const [one, two] = [world.thread(0), world.thread(1)];
    const block = two.heap.allocate(10);
    two.heap.release(block);
    one.index.workerLost(1);
    expect(world.read(world.worker(1) + WORKER_FREE_BLOCKS)).toBe(0);
    expect(world.read(world.runtime + RUNTIME_HEAP + 16 + SHARED_LIST_HEAD)).not.toBe(0);
    const before = world.read(world.runtime + RUNTIME_BREAK);
    expect(one.heap.allocate(10)).not.toBe(0);
    expect(world.read(world.runtime + RUNTIME_BREAK)).toBe(before);
  });
});
