/** What a worker does with primitives as it is killed, at every step: others wait for it. */
import { describe, expect, test } from "vitest";
import { WORKER_MESSAGE } from "../../../assembly/shared/layout.ts";
import { SYNC_CLOSED, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import { dieEverywhere } from "../support/deaths.ts";
import { type Core, MORTAL, type MortalRuntime, OTHER, token } from "../support/mortal.ts";

/** The number of a wait of the other worker's. */
const WAIT = 90;

/** What both workers have: their cores, and the lists of what they have. */
function bothOf(runtime: MortalRuntime) {
  const [dying, other] = runtime.cores as [Core, Core];
  return { dying, other, own: runtime.owner(MORTAL), others: runtime.owner(OTHER) };
}

/** The other worker has heard of a wait exactly once. */
const heard = (runtime: MortalRuntime, number = WAIT) =>
  expect(runtime.timesHeard(OTHER, number)).toBe(1);

/** A call that nobody may hear of if the caller dies in it, or all do. */
const heardOrNot = (runtime: MortalRuntime, count: number, wasKilled: boolean) =>
  expect(wasKilled ? [0, count] : [count]).toContain(runtime.heard.length);

describe("a worker that is killed as it", () => {
  test("gives back a permit leaves it to who waits", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const semaphore = runtime.primitiveOf(dying.semaphoreCreate(1, 0, own));
      other.primitiveOpen(semaphore, 0, others);
      const permit = dying.semaphoreAcquire(semaphore, 1, own, token(1));
      other.semaphoreAcquire(semaphore, 1, others, token(WAIT));
      return { act: (core) => core.stakeDrop(permit), check: () => heard(runtime) };
    });
  });

  test("leaves a line lets the next one through", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const semaphore = runtime.primitiveOf(other.semaphoreCreate(1, 0, others));
      dying.primitiveOpen(semaphore, 0, own);
      const wait = dying.semaphoreAcquire(semaphore, 2, own, token(1));
      other.semaphoreAcquire(semaphore, 1, others, token(WAIT));
      return { act: (core) => core.stakeDrop(wait), check: () => heard(runtime) };
    });
  });

  test("sends has the receiver woken: for the message, or for the end", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(other.channelCreate(2, true, others));
      dying.senderCreate(channel, own);
      other.channelReceive(channel, others, token(WAIT));
      const block = BigInt(dying.allocate(16));
      return {
        act: (core) => core.channelSend(channel, block, own, token(2)),
        check: () => heard(runtime),
      };
    });
  });

  test("sends a channel's only message has the receiver woken", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(other.oneshotCreate(true, others));
      const sender = dying.senderCreate(channel, own);
      other.channelReceive(channel, others, token(WAIT));
      const block = BigInt(dying.allocate(16));
      return { act: (core) => core.oneshotSend(sender, block), check: () => heard(runtime) };
    });
  });

  test("receives lets the next sender in, or refuses it", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(dying.channelCreate(1, true, own));
      other.senderCreate(channel, others);
      other.channelTrySend(channel, BigInt(other.allocate(16)));
      other.channelSend(channel, BigInt(other.allocate(16)), others, token(WAIT));
      const act = (core: Core) => {
        if (core.channelTryReceive(channel) !== SYNC_DONE) return;
        core.release(runtime.read(runtime.worker(MORTAL) + WORKER_MESSAGE));
      };
      return { act, check: () => heard(runtime) };
    });
  });

  test("receives what it has seen before lets the next sender in, or refuses it", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(dying.channelCreate(2, false, own));
      other.senderCreate(channel, others);
      for (const message of [1n, 2n]) other.channelTrySend(channel, message);
      dying.channelTryReceive(channel);
      other.channelTrySend(channel, 3n);
      other.channelSend(channel, 4n, others, token(WAIT));
      return {
        act: (core) => expect(core.channelTryReceive(channel)).toBe(SYNC_DONE),
        check: () => heard(runtime),
      };
    });
  });

  test("receives what was the last of a block frees each block once", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(dying.channelCreate(0, false, own));
      other.senderCreate(channel, others);
      for (let message = 0n; message < 70n; message++) other.channelTrySend(channel, message);
      const into = dying.allocate(8 * 64);
      dying.channelTakeMany(channel, into, 29);
      dying.release(into);
      return {
        act: (core) => {
          for (let more = 0; more < 34; more++) core.channelTryReceive(channel);
        },
        check: () => expect(other.channelTrySend(channel, 70n)).toBeLessThan(SYNC_CLOSED + 1),
      };
    });
  });

  test.for([2, 0])("takes what it has read, of a channel of %i, frees each block once", (room) => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const channel = runtime.primitiveOf(dying.channelCreate(room, true, own));
      other.senderCreate(channel, others);
      const send = () => other.channelTrySend(channel, BigInt(other.allocate(16)));
      const into = other.allocate(16);
      for (let sent = 0; sent < 2; sent++) expect(send()).toBe(SYNC_DONE);
      if (room > 0) other.channelSend(channel, BigInt(other.allocate(16)), others, token(WAIT));
      return {
        act: (core) => core.channelTakeRead(channel, core.channelPeekMany(channel, into, 2)),
        check: () => room > 0 && heard(runtime),
        end: () => other.release(into),
      };
    });
  });

  test("gives up a receiver refuses all who send, and frees what is there", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const receiver = dying.channelCreate(2, true, own);
      const channel = runtime.primitiveOf(receiver);
      other.senderCreate(channel, others);
      for (const number of [1, 2, WAIT, WAIT + 1]) {
        other.channelSend(channel, BigInt(other.allocate(16)), others, token(number));
      }
      const check = () => [WAIT, WAIT + 1].map((number) => heard(runtime, number));
      return { act: (core) => core.stakeDrop(receiver), check };
    });
  });

  test("tells all tells every one of them, or nobody", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const notify = runtime.primitiveOf(dying.notifyCreate(0, own));
      other.primitiveOpen(notify, 0, others);
      for (const number of [1, 2, 3]) other.notifyWait(notify, 0, others, token(number));
      return {
        act: (core) => core.notifyAll(notify),
        check: (wasKilled) => heardOrNot(runtime, 3, wasKilled),
      };
    });
  });

  test("gives up a wait that was told alone passes that on", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const notify = runtime.primitiveOf(dying.notifyCreate(0, own));
      other.primitiveOpen(notify, 0, others);
      const wait = dying.notifyWait(notify, 0, own, token(1));
      other.notifyWait(notify, 0, others, token(WAIT));
      other.notifyOne(notify);
      return { act: (core) => core.stakeDrop(wait), check: () => heard(runtime) };
    });
  });

  test("changes a watched value has it seen, or the end", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const watch = runtime.primitiveOf(dying.watchCreate(BigInt(dying.allocate(16)), true, own));
      other.watchChanged(other.watchSubscribe(watch, others), others, token(WAIT));
      const block = BigInt(dying.allocate(16));
      return { act: (core) => core.watchSend(watch, block), check: () => heard(runtime) };
    });
  });

  test("stops to listen to a broadcast leaves no message behind", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const broadcast = runtime.primitiveOf(other.broadcastCreate(4, true, others));
      const receiver = dying.broadcastSubscribe(broadcast, own);
      for (let count = 0; count < 3; count++) {
        other.broadcastSend(broadcast, BigInt(other.allocate(16)));
      }
      other.primitiveClosed(broadcast, others, token(WAIT));
      return { act: (core) => core.stakeDrop(receiver), check: () => heard(runtime) };
    });
  });

  test("cancels a token cancels what comes from it, or nothing", () => {
    dieEverywhere((runtime) => {
      const { dying, other, own, others } = bothOf(runtime);
      const above = dying.tokenCreate(0, own);
      const root = runtime.primitiveOf(above);
      const below = runtime.primitiveOf(other.tokenCreate(root, others));
      other.tokenCancelled(below, others, token(WAIT));
      const act = (core: Core) => {
        core.tokenCancel(root);
        core.stakeDrop(above);
      };
      return { act, check: (wasKilled) => heardOrNot(runtime, 1, wasKilled) };
    });
  });
});
