/**
 * What is free in a runtime's memory, counted in its very lists.
 *
 * @module
 */
import {
  OWN_LIST_HEAD,
  OWN_LIST_SIZE,
  RUNTIME_HEAP,
  RUNTIME_PRIMITIVE_SLAB,
  RUNTIME_STAKE_SLAB,
  RUNTIME_TASK_SLAB,
  RUNTIME_WAITER_SLAB,
  SHARED_LIST_HEAD,
  SHARED_LIST_SIZE,
  WORKER_FREE_BLOCKS,
  WORKER_FREE_PRIMITIVES,
  WORKER_FREE_STAKES,
  WORKER_FREE_TASKS,
  WORKER_FREE_WAITERS,
} from "../../../assembly/shared/layout.ts";
import { HEAP_CLASSES } from "../../../assembly/shared/limits.ts";

/** The lists of one kind of slot: a worker's own, and the shared one. */
type Lists = readonly [kind: string, own: number, shared: number];

const SLABS: readonly Lists[] = [
  ["tasks", WORKER_FREE_TASKS, RUNTIME_TASK_SLAB],
  ["waiters", WORKER_FREE_WAITERS, RUNTIME_WAITER_SLAB],
  ["stakes", WORKER_FREE_STAKES, RUNTIME_STAKE_SLAB],
  ["primitives", WORKER_FREE_PRIMITIVES, RUNTIME_PRIMITIVE_SLAB],
];
const BLOCKS = Array.from({ length: HEAP_CLASSES }, (_, index): Lists => {
  const own = WORKER_FREE_BLOCKS + index * OWN_LIST_SIZE;
  return [`blocks of class ${index}`, own, RUNTIME_HEAP + index * SHARED_LIST_SIZE];
});
/** Where free slots keep the next one, and the first of a batch the next batch. */
const NEXT = 4;
const NEXT_BATCH = 8;

/** How many slots of each kind are free. Throws if one is free twice. */
export function freeSlots(
  read: (address: number) => number,
  runtime: number,
  workers: readonly number[],
): Map<string, number> {
  return new Map(
    [...SLABS, ...BLOCKS].map(([kind, own, shared]) => {
      const free = new Set<number>();
      const count = (first: number) => {
        for (let slot = first; slot !== 0; slot = read(slot + NEXT)) {
          if (free.has(slot)) throw new Error(`Cannot count ${kind}: ${slot} is free twice`);
          free.add(slot);
        }
      };
      for (const worker of workers) count(read(worker + own + OWN_LIST_HEAD));
      const newest = read(runtime + shared + SHARED_LIST_HEAD);
      for (let batch = newest; batch !== 0; batch = read(batch + NEXT_BATCH)) count(batch);
      return [kind, free.size];
    }),
  );
}
