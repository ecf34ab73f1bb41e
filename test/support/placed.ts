/**
 * Handles where a test wants them: here, or in a task of another worker, and used in one way.
 *
 * @module
 */
import { codec, mpsc, oneshot, spawn } from "tokiwa";
import { serve } from "./fixtures/serve.mjs";

/** A handle whose methods and properties are all asked for, and answer later. */
export type Placed<H> = {
  readonly [K in keyof H as K extends string ? K : never]: H[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : () => Promise<H[K]>;
} & {
  /** Gives the handle up. */
  drop(): Promise<void>;
};

type Call = (name: string, args: unknown[]) => Promise<unknown>;

/** How a handle is placed. Symbols that it returns come back by their description. */
export type Place = <H extends Disposable>(handle: H) => Placed<H>;

/** Leaves the handle where it is. */
export function here<H extends Disposable>(handle: H): Placed<H> {
  const call: Call = async (name, args) => {
    const member = handle[name as keyof H];
    const value = typeof member === "function" ? await member.apply(handle, args) : member;
    return typeof value === "symbol" ? value.description : value;
  };
  return proxy(call, async () => handle[Symbol.dispose](), handle);
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly symbol?: string;
  readonly error?: { readonly name: string };
}

/** Gives the handle to a task of another worker. */
export function elsewhere<H extends Disposable>(handle: H): Placed<H> {
  const calls = mpsc.unboundedChannel(codec.structured<unknown>());
  const replies = mpsc.unboundedChannel(codec.structured<Reply>());
  const asked = new Map<number, oneshot.Sender<Reply>>();
  const isMethod = methodsOf(handle);
  const serving = spawn(serve, handle as never, calls.receiver, replies.sender);
  spawn(async () => {
    for await (const reply of replies.receiver) asked.get(reply.id)?.send(reply);
    replies.receiver[Symbol.dispose]();
  }).detach();
  const call: Call = async (name, args) => {
    const { sender, receiver } = oneshot.channel<Reply>();
    const id = asked.size;
    asked.set(id, sender);
    calls.sender.send({ id, name, args: isMethod(name) ? args : undefined });
    const reply = await receiver.recv();
    if (reply.error !== undefined) throw Object.assign(new Error(), reply.error);
    return reply.symbol ?? reply.value;
  };
  const drop = async () => {
    calls.sender[Symbol.dispose]();
    await serving;
  };
  return proxy(call, drop, handle);
}

function methodsOf(handle: object): (name: string) => boolean {
  const methods = new Set<string>();
  for (let at = handle; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function") methods.add(name);
    }
  }
  return (name) => methods.has(name);
}

function proxy<H>(call: Call, drop: () => Promise<void>, handle: object): Placed<H> {
  return new Proxy({} as Placed<H>, {
    get(_target, name) {
      if (name === "drop") return drop;
      // Not to be taken for a promise.
      if (typeof name === "symbol" || !(name in handle)) return undefined;
      return (...args: unknown[]) => call(name, args);
    },
  });
}
