/** Cancellation tokens against a model: a tree. */
import fc from "fast-check";
import { CancellationToken, type DropGuard } from "tokiwa";
import { PENDING } from "tokiwa/future";
import { type TestTask, task, testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";

const test = testWith(base);

const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(["child", "child", "child", "cancel", "wait", "giveUp", "guard", "drop"] as const),
    ),
    at: fc.nat(20),
  }),
  { maxLength: 50 },
);

/** A token that somebody has, with its place in the tree. */
class Node {
  readonly token: CancellationToken;
  readonly children: Node[] = [];
  readonly waits: TestTask<void>[] = [];
  readonly guards: DropGuard[] = [];
  isCancelled: boolean;

  constructor(token: CancellationToken, isCancelled = false) {
    this.token = token;
    this.isCancelled = isCancelled;
  }

  child(): Node {
    const child = new Node(this.token.childToken(), this.isCancelled);
    this.children.push(child);
    return child;
  }

  /** Children are cancelled with it, also those of which nobody has the parent any more. */
  cancelled(): void {
    this.isCancelled = true;
    for (const child of this.children) child.cancelled();
  }

  check(): void {
    expect(this.token.isCancelled).toBe(this.isCancelled);
    for (const wait of this.waits) expect(wait.poll() !== PENDING).toBe(this.isCancelled);
    if (this.isCancelled) this.waits.length = 0;
  }
}

/** What a step does to a token, and to the model. */
function act(action: string, node: Node, nodes: Node[]): void {
  if (action === "child") nodes.push(node.child());
  else if (action === "wait") {
    const wait = task(node.token.cancelled());
    expect(wait.poll() !== PENDING).toBe(node.isCancelled);
    if (!node.isCancelled) node.waits.push(wait);
  } else if (action === "giveUp") node.waits.pop()?.[Symbol.dispose]();
  else if (action === "guard") node.guards.push(node.token.dropGuard());
  else if (action === "cancel") {
    const guard = node.guards.pop();
    if (guard === undefined) node.token.cancel();
    else guard[Symbol.dispose]();
    node.cancelled();
  } else if (nodes.length > 1 && node.waits.length + node.guards.length === 0) {
    node.token[Symbol.dispose]();
    nodes.splice(nodes.indexOf(node), 1);
  }
}

test("a tree of tokens does what its model does", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const nodes = [new Node(new CancellationToken())];
      for (const { action, at } of all) {
        act(action, nodes[at % nodes.length] as Node, nodes);
        for (const node of nodes) node.check();
      }
      for (const { token, waits } of nodes) {
        for (const each of [...waits, token]) each[Symbol.dispose]();
      }
    }),
  );
});
