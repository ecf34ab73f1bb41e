import { describe, expect, test } from "vitest";
import {
  IDLE_COUNT,
  IDLE_STATE,
  RUNTIME_FLAG_NO_LIFO,
  RUNTIME_GUESTS,
  RUNTIME_IDLE,
  RUNTIME_INJECTOR,
  TASK_NEXT,
  WORKER_INBOX,
  WORKER_OVERFLOW_COUNT,
  WORKER_PARK,
  WORKER_QUEUE_HEAD,
  WORKER_QUEUE_TAIL,
} from "../../../assembly/shared/layout.ts";
import {
  KIND_PORTABLE,
  PARK_FUTEX,
  PARK_LOOP,
  PARK_NOTIFIED,
  PARK_REACTOR,
  PARK_RUNNING,
  PARK_WAIT,
  TURN_MORE,
  TURN_READY,
} from "../../../assembly/shared/verdicts.ts";
import { makeWorld, type Rooms } from "../support/probe.ts";

const DONE = 0;
const BUSY = 1;
const FULL = 2;
const NONE = 0xffff_ffff;

function makePair(workers = 2) {
  const world = makeWorld({ workers });
  const one = world.thread(0);
  const two = world.thread(1);
  const [a, b] = [world.worker(0), world.worker(1)];
  const create = (count: number) =>
    Array.from({ length: count }, () => one.task.create(1) as number);
  const drain = (rooms: Rooms, worker: number) => {
    const found: number[] = [];
    for (let task = rooms.local.pop(worker); task !== 0; task = rooms.local.pop(worker)) {
      found.push(task);
    }
    return found;
  };
  const startAt = (worker: number, position: number) => {
    world.write(worker + WORKER_QUEUE_HEAD, position);
    world.write(worker + WORKER_QUEUE_HEAD + 4, position);
    world.write(worker + WORKER_QUEUE_TAIL, position);
  };
  const injector = world.runtime + RUNTIME_INJECTOR;
  const injected = () => {
    const found: number[] = [];
    for (let task = one.inject.popList(injector, 1000); task !== 0; ) {
      found.push(task);
      task = world.read(task + TASK_NEXT);
    }
    return found;
  };
  return { world, one, two, a, b, create, drain, startAt, injector, injected };
}

describe("the local queue", () => {
  test("is first in, first out, and holds 256", () => {
    const { one, a, create, drain } = makePair();
    const tasks = create(257);
    const answers = tasks.map((task) => one.local.push(a, task));
    expect(answers).toEqual([...new Array(256).fill(DONE), FULL]);
    expect(one.local.length(a)).toBe(256);
    expect(one.local.room(a)).toBe(0);
    expect(drain(one, a)).toEqual(tasks.slice(0, 256));
  });

  test("overflows once with 300 tasks: the oldest 128 stay", () => {
    const { world, one, a, create, drain, injected } = makePair();
    const tasks = create(300);
    for (const task of tasks) one.submit.toBack(task);
    expect(world.f64[(a + WORKER_OVERFLOW_COUNT) >> 3]).toBe(1);
    // The newest 128 and the one that did not fit, in their order.
    expect(injected()).toEqual(tasks.slice(128, 257));
    expect(drain(one, a)).toEqual([...tasks.slice(0, 128), ...tasks.slice(257)]);
  });

  test("sends only the new task away while a thief is at work", () => {
    const { world, one, two, a, b, create, drain, injected } = makePair();
    const tasks = create(257);
    for (const task of tasks.slice(0, 256)) one.submit.toBack(task);
    expect(two.local.claimHalf(a)).toBe(128);
    expect(one.local.push(a, tasks[256])).toBe(BUSY);
    one.submit.toBack(tasks[256]);
    expect(world.f64[(a + WORKER_OVERFLOW_COUNT) >> 3]).toBe(0);
    expect(injected()).toEqual([tasks[256]]);
    expect(two.local.copyClaimed(a, b, 128)).toBe(tasks[127]);
    expect(drain(two, b)).toEqual(tasks.slice(0, 127));
    expect(drain(one, a)).toEqual(tasks.slice(128, 256));
  });

  test("is robbed of half, rounded up, and the last of it runs now", () => {
    for (const count of [1, 2, 3, 7, 100, 255, 256]) {
      const { one, two, a, b, create, drain } = makePair();
      const tasks = create(count);
      for (const task of tasks) one.local.push(a, task);
      const half = Math.ceil(count / 2);
      expect(two.local.stealInto(a, b)).toBe(tasks[half - 1]);
      expect(drain(two, b)).toEqual(tasks.slice(0, half - 1));
      expect(drain(one, a)).toEqual(tasks.slice(half));
    }
  });

  test("is not robbed by one who has no room, nor by two at once", () => {
    const { world, one, two, a, b, create } = makePair(3);
    const three = world.thread(2);
    for (const task of create(10)) one.local.push(a, task);
    for (const task of create(129)) two.local.push(b, task);
    expect(two.local.stealInto(a, b)).toBe(0);
    expect(two.local.pop(b)).not.toBe(0);
    two.local.claimHalf(a);
    expect(three.local.stealInto(a, world.worker(2))).toBe(0);
    two.local.copyClaimed(a, b, 5);
    expect(three.local.stealInto(a, world.worker(2))).not.toBe(0);
  });

  test("survives that its positions wrap", () => {
    for (const start of [0xffff - 100, 0xffff_ffff - 100, 0x7fff_ffff - 100]) {
      const { one, two, a, b, create, drain, startAt, injected } = makePair();
      startAt(a, start);
      startAt(b, start + 50);
      const tasks = create(257);
      for (const task of tasks) one.submit.toBack(task);
      expect(injected()).toEqual(tasks.slice(128));
      expect(two.local.stealInto(a, b)).toBe(tasks[63]);
      expect(drain(two, b)).toEqual(tasks.slice(0, 63));
      expect(drain(one, a)).toEqual(tasks.slice(64, 128));
      for (let round = 0; round < 300; round++) {
        one.local.push(a, tasks[round % 257]);
        expect(one.local.pop(a)).toBe(tasks[round % 257]);
      }
      expect(one.local.length(a)).toBe(0);
    }
  });

  test("does not come back to an old head within 2^16 tasks", () => {
    const { world, one, a, create } = makePair();
    const [task] = create(1);
    for (let round = 0; round < 65_536; round++) {
      one.local.push(a, task);
      one.local.pop(a);
    }
    expect(world.read(a + WORKER_QUEUE_HEAD)).toBe(65_536);
  });
});

describe("the injector", () => {
  test("keeps the order of single tasks and lists", () => {
    const { world, one, create, injector, injected } = makePair();
    const tasks = create(6);
    one.inject.push(injector, tasks[0]);
    world.write((tasks[1] as number) + TASK_NEXT, tasks[2] as number);
    one.inject.pushList(injector, tasks[1], tasks[2], 2);
    one.inject.push(injector, tasks[3]);
    expect(one.inject.length(injector)).toBe(4);
    expect(one.inject.popList(injector, 2)).toBe(tasks[0]);
    expect(world.read((tasks[0] as number) + TASK_NEXT)).toBe(tasks[1]);
    expect(world.read((tasks[1] as number) + TASK_NEXT)).toBe(0);
    expect(one.inject.length(injector)).toBe(2);
    expect(injected()).toEqual(tasks.slice(2, 4));
    expect(one.inject.popList(injector, 1)).toBe(0);
    one.inject.push(injector, tasks[4]);
    expect(injected()).toEqual([tasks[4]]);
  });
});

describe("the idle word", () => {
  test("wakes the latest sleeper, and only while nobody searches", () => {
    const { world, one, two, a, b } = makePair();
    const idle = world.runtime + RUNTIME_IDLE;
    expect(one.idle.pickSleeper(idle) >>> 0).toBe(NONE);
    one.idle.sleep(idle, a);
    two.idle.sleep(idle, b);
    expect(world.read(idle + IDLE_STATE)).toBe(0);
    expect(one.idle.pickSleeper(idle)).toBe(1);
    expect(one.idle.pickSleeper(idle) >>> 0).toBe(NONE);
    expect(two.idle.wakeSelf(idle, b)).toBe(0);
    expect(two.idle.stopSearch(idle, b)).toBe(1);
    expect(two.idle.stopSearch(idle, b)).toBe(0);
    expect(one.idle.wakeSelf(idle, a)).toBe(1);
    expect(world.read(idle + IDLE_STATE)).toBe(2 << 16);
    expect(world.read(idle + IDLE_COUNT)).toBe(0);
  });

  test("is asked for a sleeper by each task that is queued, if there is no LIFO slot", () => {
    for (const flags of [0, RUNTIME_FLAG_NO_LIFO]) {
      const world = makeWorld({ flags });
      const [one, two] = [world.thread(0), world.thread(1)];
      two.idle.sleep(world.runtime + RUNTIME_IDLE, world.worker(1));
      one.submit.start(one.task.create(KIND_PORTABLE));
      expect(world.read(world.runtime + RUNTIME_IDLE + IDLE_COUNT)).toBe(flags === 0 ? 1 : 0);
    }
  });

  test("wakes a sleeper in its event loop last, where a callback may hold it", () => {
    const world = makeWorld({ workers: 3 });
    const rooms = [0, 1, 2].map((index) => world.thread(index));
    const idle = world.runtime + RUNTIME_IDLE;
    const modes = [PARK_LOOP, PARK_WAIT, PARK_LOOP];
    for (const [index, each] of rooms.entries()) {
      each.idle.sleep(idle, world.worker(index));
      each.park.publish(world.worker(index), modes[index]);
    }
    const picked = [0, 0, 0].map(() => {
      const index = rooms[0]?.idle.pickSleeper(idle) as number;
      rooms[index]?.idle.stopSearch(idle, world.worker(index));
      return index;
    });
    expect(picked).toEqual([1, 2, 0]);
  });

  test("lets half of all search at most", () => {
    const world = makeWorld({ workers: 4 });
    const rooms = [0, 1, 2, 3].map((index) => world.thread(index));
    const idle = world.runtime + RUNTIME_IDLE;
    const allowed = rooms.map((each, index) => each.idle.startSearch(idle, world.worker(index)));
    expect(allowed).toEqual([1, 1, 0, 0]);
    expect(rooms[0]?.idle.startSearch(idle, world.worker(0))).toBe(1);
    expect(rooms[0]?.idle.stopSearch(idle, world.worker(0))).toBe(0);
    expect(() => rooms[1]?.idle.sleep(idle, world.worker(1))).toThrow(/idle\.ts/);
    expect(rooms[1]?.idle.stopSearch(idle, world.worker(1))).toBe(1);
    expect(world.read(idle + IDLE_STATE)).toBe(4 << 16);
  });

  test("takes a sleeper out of the middle of the stack", () => {
    const world = makeWorld({ workers: 3 });
    const rooms = [0, 1, 2].map((index) => world.thread(index));
    const idle = world.runtime + RUNTIME_IDLE;
    for (const [index, each] of rooms.entries()) each.idle.sleep(idle, world.worker(index));
    expect(rooms[1]?.idle.wakeSelf(idle, world.worker(1))).toBe(1);
    expect([0, 0, 0].map(() => (rooms[1]?.idle.pickAny(idle) ?? 0) >>> 0)).toEqual([2, 0, NONE]);
  });
});

describe("the inbox", () => {
  test("keeps the order, and wakes for the first only", () => {
    const { world, one, two, b, create } = makePair();
    const tasks = create(3);
    two.park.publish(b, PARK_WAIT);
    one.inbox.send(b, tasks[0]);
    expect(world.read(b + WORKER_PARK)).toBe(PARK_NOTIFIED);
    two.park.clear(b);
    one.inbox.send(b, tasks[1]);
    one.inbox.send(b, tasks[2]);
    expect(world.read(b + WORKER_PARK)).toBe(PARK_RUNNING);
    two.inbox.drain(b, b);
    expect(world.read(b + WORKER_INBOX)).toBe(0);
    expect(tasks.map(() => two.pinned.pop(b))).toEqual(tasks);
    expect(two.pinned.isEmpty(b)).toBe(1);
  });
});

describe("the park word", () => {
  test("knows how each sleeper is reached", () => {
    const woken: number[] = [];
    const wake = (whom: number) => woken.push(whom);
    const world = makeWorld({ wakeReactor: wake, wakeFutex: wake });
    const one = world.thread(0);
    const a = world.worker(0);
    for (const mode of [PARK_WAIT, PARK_LOOP, PARK_REACTOR, PARK_FUTEX]) {
      expect(one.park.publish(a, mode)).toBe(1);
      one.park.unpark(a);
      one.park.unpark(a);
      expect(world.read(a + WORKER_PARK)).toBe(PARK_NOTIFIED);
      expect(one.park.publish(a, mode)).toBe(0);
      expect(world.read(a + WORKER_PARK)).toBe(PARK_RUNNING);
    }
    expect(woken).toEqual([-1, a + WORKER_PARK]);
    expect(() => one.park.publish(a, PARK_NOTIFIED)).toThrow(/park\.ts/);
  });

  test("is slept on in the futex, and what came meanwhile goes on in the same call", () => {
    const calls: unknown[] = [];
    const world = makeWorld({
      wakeFutex: (address) => calls.push(address),
      waitFutex: (...call) => {
        calls.push(call);
        const task = two.task.create(KIND_PORTABLE);
        two.state.initialize(task, 3, 0);
        two.submit.toInjector(task);
      },
    });
    const [one, two] = [world.thread(0), world.thread(1)];
    const word = world.worker(0) + WORKER_PARK;
    expect(one.index.parkBegin(PARK_FUTEX, 0)).toBe(1);
    expect(one.index.parkAndTurn(PARK_FUTEX, 5)).toBe(TURN_READY);
    expect(calls).toEqual([[word, PARK_FUTEX, 5], word]);
    expect(world.read(word)).toBe(PARK_RUNNING);
  });

  test("is left without a turn if a guest was loaded that the thread has not", () => {
    const world = makeWorld({ waitFutex: () => {} });
    const one = world.thread(0);
    expect(one.index.parkBegin(PARK_FUTEX, 0)).toBe(1);
    world.write(world.runtime + RUNTIME_GUESTS, 64);
    expect(one.index.parkAndTurn(PARK_FUTEX, 5)).toBe(TURN_MORE);
    expect(one.index.parkBegin(PARK_FUTEX, 0)).toBe(1);
  });

  test("is not slept on while there is work of any kind", () => {
    const { one, two, a, b, create, injector } = makePair();
    const [task] = create(1);
    one.pinned.push(a, task);
    expect(one.index.parkBegin(PARK_LOOP, 0)).toBe(0);
    one.pinned.pop(a);
    two.local.push(b, task);
    expect(one.index.parkBegin(PARK_LOOP, 0)).toBe(0);
    two.local.pop(b);
    one.inject.push(injector, task);
    expect(one.index.parkBegin(PARK_LOOP, 0)).toBe(0);
    one.inject.popList(injector, 1);
    expect(one.index.parkBegin(PARK_LOOP, 0)).toBe(1);
  });
});
