import { expect, test } from "vitest";
import { STAKE_KEPT, WORKER_CALLING } from "../../../assembly/shared/layout.ts";
import { SYNC_CLOSED } from "../../../assembly/shared/verdicts.ts";
import { Coordination, stakeIn } from "../support/stakes.ts";

/** A call that worker 0 is about to send, and the receiver of its answer, which another has. */
function makeCall() {
  const sync = new Coordination(2);
  const [one, , home] = sync.parties;
  if (one === undefined || home === undefined) throw new Error("There are three");
  const receiver = stakeIn(home.core.oneshotCreate(true, home.owner));
  const channel = sync.primitiveOf(receiver);
  const sender = stakeIn(one.core.senderCreate(channel, one.owner));
  sync.world.write(sender + STAKE_KEPT, one.core.allocate(16));
  sync.world.write(sync.world.worker(0) + WORKER_CALLING, sender);
  return { sync, one, home, channel, sender };
}

test("giveUp ends a call whose worker died as it was nobody's", () => {
  const { sync, one, home, channel, sender } = makeCall();
  one.core.stakeMove(sender, 0);
  home.core.workerLost(0, 0, 0, 0, 0);
  expect(home.core.channelTryReceive(channel)).toBe(SYNC_CLOSED);
  expect(sync.world.read(sync.world.worker(0) + WORKER_CALLING)).toBe(0);
  sync.endsEmpty();
});

test("giveUp leaves a call alone that was still its task's, and goes with it", () => {
  const { sync, home, channel } = makeCall();
  home.core.workerLost(0, 0, 0, 0, 0);
  expect(home.core.channelTryReceive(channel)).toBe(SYNC_CLOSED);
  sync.endsEmpty();
});
