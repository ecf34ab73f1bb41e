/** tokio-util's `future.rs`: what `with_cancellation_token` does is `token.runUntilCancelled`. */
import { CancellationToken, yieldNow } from "tokiwa";
import { type Future, PENDING, type Pending, pending, pollFn, ready } from "tokiwa/future";
import { describe, expect, test } from "vitest";

/** Waits for a future, and keeps what each of its polls answered. */
class Watched<T> {
  readonly answers: (T | Pending)[] = [];

  constructor(future: Future<T>) {
    void pollFn((waker) => {
      const answer = future.poll(waker);
      this.answers.push(answer);
      return answer;
    }).then();
  }
}

function cancelled(): CancellationToken {
  const token = new CancellationToken();
  token.cancel();
  return token;
}

/** Upstream has each test for a borrowed token and for an owned one: here they are one. */
function both(name: string, ownedName: string, body: () => Promise<void>): void {
  test(name, body);
  test(ownedName, body);
}

describe("future", () => {
  both(
    "ready_fut_with_cancellation_token_test",
    "ready_fut_with_cancellation_owned_token_test",
    async () => {
      const { answers } = new Watched(new CancellationToken().runUntilCancelled(ready("done")));
      expect(answers).toEqual(["done"]);
    },
  );

  both(
    "pending_fut_with_cancellation_token_test",
    "pending_fut_with_cancellation_token_owned_test",
    async () => {
      const { answers } = new Watched(new CancellationToken().runUntilCancelled(pending()));
      await yieldNow();
      expect(answers).toEqual([PENDING]);
    },
  );

  both(
    "ready_fut_with_already_cancelled_token_test",
    "ready_fut_with_already_cancelled_token_owned_test",
    async () => {
      expect(new Watched(cancelled().runUntilCancelled(ready("done"))).answers).toEqual([
        undefined,
      ]);
    },
  );

  both(
    "pending_fut_with_already_cancelled_token_test",
    "pending_fut_with_already_cancelled_token_owned_test",
    async () => {
      const { answers } = new Watched(cancelled().runUntilCancelled(pending()));
      await yieldNow();
      expect(answers).toEqual([undefined]);
    },
  );

  both(
    "pending_fut_with_token_cancelled_test",
    "pending_fut_with_owned_token_cancelled_test",
    async () => {
      const token = new CancellationToken();
      const { answers } = new Watched(token.runUntilCancelled(pending()));
      expect(answers).toEqual([PENDING]);
      token.cancel();
      while (answers.length < 2) await yieldNow();
      await yieldNow();
      expect(answers).toEqual([PENDING, undefined]);
    },
  );

  both(
    "pending_only_on_first_poll_with_cancellation_token_test",
    "pending_only_on_first_poll_with_cancellation_token_owned_test",
    async () => {
      const token = new CancellationToken();
      let polls = 0;
      const second = pollFn(() => {
        polls += 1;
        return polls === 1 ? PENDING : "done";
      });
      const { answers } = new Watched(token.runUntilCancelled(second));
      token.cancel();
      while (answers.length < 2) await yieldNow();
      expect(answers).toEqual([PENDING, "done"]);
    },
  );
});
