/** Barriers: tasks that go on together. */
import { SYNC_LEADER } from "../shared/verdicts";
import { check } from "./ends";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";

/** Where so many tasks wait for each other, as often as they like. */
@final
@unmanaged
export class Barrier extends Handle {
  /** As in Tokio, 0 counts as 1. */
  constructor(parties: u32) {
    super();
    return changetype<Barrier>(made(core.guestCreateNotify(parties)));
  }

  /** Another handle of the same barrier, for another task. */
  clone(): Barrier {
    return changetype<Barrier>(made(core.guestClone(changetype<usize>(this))));
  }

  /**
   * Waits until all have come. True for one of them, the leader, who came last. A task that is
   * aborted at its wait has come all the same.
   */
  wait(): bool {
    return check(core.guestArrive(changetype<usize>(this)), "wait") == SYNC_LEADER;
  }
}
