/** Local broadcasts against a model of a few lines. */
import fc from "fast-check";
import { broadcast, type LaggedError, SendError } from "tokiwa";
import { expect, test } from "vitest";

const RECEIVERS_MAX = 4;

const step = fc.record({
  action: fc.constantFrom("send", "send", "send", "recv", "recv", "subscribe", "again", "drop"),
  which: fc.nat(RECEIVERS_MAX - 1),
});

/** All that was ever sent, and where each receiver stands in it. */
class Model {
  readonly #kept: number;
  readonly #sent: number[] = [];
  readonly receivers: number[] = [0];

  constructor(capacity: number) {
    this.#kept = 2 ** Math.ceil(Math.log2(capacity));
  }

  send(value: number): number | "nobody" {
    if (this.receivers.length === 0) return "nobody";
    this.#sent.push(value);
    return this.receivers.length;
  }

  subscribe(): void {
    this.receivers.push(this.#sent.length);
  }

  unseen(which: number): number {
    return this.#sent.length - (this.receivers[which] as number);
  }

  get length(): number {
    const most = Math.max(0, ...this.receivers.map((_, which) => this.unseen(which)));
    return Math.min(most, this.#kept);
  }

  recv(which: number): number | string {
    const missed = this.unseen(which) - this.#kept;
    const at = this.receivers[which] as number;
    if (this.unseen(which) === 0) return "empty";
    this.receivers[which] = at + (missed > 0 ? missed : 1);
    return missed > 0 ? `lost ${missed}` : (this.#sent[at] as number);
  }
}

function told(call: () => number | symbol): number | string {
  try {
    const found = call();
    return found === broadcast.Empty ? "empty" : (found as number);
  } catch (error) {
    if (error instanceof SendError) return "nobody";
    return `lost ${(error as LaggedError).skipped}`;
  }
}

test("a local broadcast does what its model does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step, { maxLength: 60 }), (n, steps) => {
      const model = new Model(n);
      const { sender, receiver } = broadcast.channel<number>(n);
      const receivers = [receiver];
      for (const [value, { action, which }] of steps.entries()) {
        const at = which % Math.max(1, receivers.length);
        const chosen = receivers[at];
        if (action === "send") {
          expect(told(() => sender.send(value))).toBe(model.send(value));
        } else if (action === "subscribe" || chosen === undefined) {
          if (receivers.length >= RECEIVERS_MAX) continue;
          receivers.push(sender.subscribe());
          model.subscribe();
        } else if (action === "again") {
          if (receivers.length >= RECEIVERS_MAX) continue;
          receivers.push(chosen.resubscribe());
          model.subscribe();
        } else if (action === "drop") {
          chosen[Symbol.dispose]();
          receivers.splice(at, 1);
          model.receivers.splice(at, 1);
        } else expect(told(() => chosen.tryRecv() as number | symbol)).toBe(model.recv(at));
        expect(receivers.map(({ length }) => length)).toEqual(
          model.receivers.map((_, each) => model.unseen(each)),
        );
        expect([sender.length, sender.receiverCount]).toEqual([model.length, receivers.length]);
        expect(sender.isEmpty).toBe(receivers.every(({ isEmpty }) => isEmpty));
      }
      for (const end of [sender, ...receivers]) end[Symbol.dispose]();
    }),
  );
});
