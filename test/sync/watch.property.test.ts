/** Local watches against a model of a few lines. */
import fc from "fast-check";
import { SendError, watch } from "tokiwa";
import { expect, test } from "vitest";

const RECEIVERS_MAX = 4;

const step = fc.record({
  action: fc.constantFrom(
    ...(["send", "replace", "modify", "refuse", "look", "update", "seen", "unseen"] as const),
    ...(["subscribe", "clone", "drop"] as const),
  ),
  which: fc.nat(RECEIVERS_MAX - 1),
});

type Action = (typeof step extends fc.Arbitrary<infer S> ? S : never)["action"];

/** The value, and which receivers have seen it. */
class Model {
  value = -1;
  hasSeen: boolean[] = [true];

  replace(value: number): void {
    this.value = value;
    this.hasSeen = this.hasSeen.map(() => false);
  }
}

/** What a step does to the sender, and to the model. */
function tell(action: Action, value: number, sender: watch.Sender<number>, model: Model): boolean {
  if (action === "send" && model.hasSeen.length === 0) {
    expect(() => sender.send(value)).toThrow(SendError);
  } else if (action === "send") {
    sender.send(value);
    model.replace(value);
  } else if (action === "replace") {
    expect(sender.sendReplace(value)).toBe(model.value);
    model.replace(value);
  } else if (action === "modify") {
    sender.sendModify((present) => present + 1);
    model.replace(model.value + 1);
  } else if (action === "refuse") {
    expect(sender.sendIfModified((draft) => draft.value++ < -1)).toBe(false);
  } else return false;
  return true;
}

/** What it does to a receiver. */
function learn(action: Action, at: number, receiver: watch.Receiver<number>, model: Model): void {
  if (action === "look") expect(receiver.borrow()).toBe(model.value);
  if (action === "update") expect(receiver.borrowAndUpdate()).toBe(model.value);
  if (action === "seen") receiver.markUnchanged();
  if (action === "unseen") receiver.markChanged();
  if (action !== "look") model.hasSeen[at] = action !== "unseen";
}

test("a local watch does what its model does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      const { sender, receiver } = watch.channel(-1);
      const receivers = [receiver];
      for (const [value, { action, which }] of steps.entries()) {
        const at = which % Math.max(1, receivers.length);
        const chosen = receivers[at];
        if (tell(action, value, sender, model)) continue;
        if (action === "subscribe" || chosen === undefined) {
          if (receivers.length >= RECEIVERS_MAX) continue;
          receivers.push(sender.subscribe());
          model.hasSeen.push(true);
        } else if (action === "clone") {
          if (receivers.length >= RECEIVERS_MAX) continue;
          receivers.push(chosen.clone());
          model.hasSeen.push(model.hasSeen[at] as boolean);
        } else if (action === "drop") {
          chosen[Symbol.dispose]();
          receivers.splice(at, 1);
          model.hasSeen.splice(at, 1);
        } else learn(action, at, chosen, model);
        expect(receivers.map((each) => !each.hasChanged())).toEqual(model.hasSeen);
        expect([sender.borrow(), sender.receiverCount]).toEqual([model.value, receivers.length]);
      }
      for (const end of [sender, ...receivers]) end[Symbol.dispose]();
    }),
  );
});
