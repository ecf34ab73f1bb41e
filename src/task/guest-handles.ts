/**
 * Handles on their way between TypeScript and guests: which of the one side are which of the other.
 *
 * @module
 */

import { type GuestHandleType, partsOf } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";
import { atCaller } from "../error/at-caller.ts";
import { show } from "../error/check.ts";
import { type SendableKind, sendableNamed, sendableNameOf } from "./send.ts";

/** What a handle is on its way: nobody's stake, and what a channel's messages are called. */
export interface HandleInTransit {
  readonly stake: number;
  readonly of?: string;
}

/** What the names begin with that handles are called by on their way. */
export const HANDLE_PREFIX = "tokiwa.";

/** By what a guest calls them: those of ours that fit, of which a guest's becomes the first. */
const FITTING: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Semaphore: ["Semaphore"],
  Notify: ["Notify"],
  CancellationToken: ["CancellationToken"],
  Barrier: ["Barrier"],
  OnceCell: ["OnceCell"],
  SetOnce: ["SetOnce"],
  Mutex: ["Mutex"],
  RwLock: ["RwLock"],
  "mpsc.Sender": ["mpsc.Sender", "mpsc.UnboundedSender"],
  "mpsc.Receiver": ["mpsc.Receiver", "oneshot.Receiver"],
  "oneshot.Sender": ["oneshot.Sender"],
  "broadcast.Sender": ["broadcast.Sender"],
  "broadcast.Receiver": ["broadcast.Receiver"],
  "watch.Sender": ["watch.Sender"],
  "watch.Receiver": ["watch.Receiver"],
};

type Kind = SendableKind<object, HandleInTransit>;

export function isHandleType(type: string): type is GuestHandleType {
  return partsOf(type).name in FITTING;
}

/**
 * Makes sure that a value can be given to a guest that takes a `type`.
 *
 * @param action What it is given for; errors begin so.
 * @throws {TypeError} If it is something else, or cannot move now.
 */
export function checkHandle(
  thread: Thread,
  action: string,
  which: string,
  type: GuestHandleType,
  value: unknown,
): void {
  const { name, of } = partsOf(type);
  const found = handleNameOf(value);
  if (found === undefined || !FITTING[name]?.includes(found) || ofWhat(value) !== of) {
    throw atCaller(
      new TypeError(`Cannot ${action}: ${which} must be ${type}, got ${describe(value)}`),
    );
  }
  const reason = sendableNamed(HANDLE_PREFIX + found)?.refuse?.(value as object, thread);
  if (reason !== undefined)
    throw atCaller(new TypeError(`Cannot ${action}: ${which} is ${reason}`));
}

/** Handles that were taken out of use for a task. */
export class LentHandles {
  readonly #taken: [kind: Kind, handle: object, plain: HandleInTransit][] = [];

  /** Takes a handle that has passed the check; returns its stake. */
  take(handle: object): number {
    const kind = kindNamed(handleNameOf(handle) as string);
    const plain = kind.detach(handle);
    this.#taken.push([kind, handle, plain]);
    return plain.stake;
  }

  /** Puts everything back: there is no task. */
  restore(): void {
    for (const [kind, handle, plain] of this.#taken.splice(0)) kind.restore(handle, plain);
  }
}

/** The handle that a guest's task has returned. */
export function adoptHandle(thread: Thread, type: GuestHandleType, stake: number): unknown {
  const { name, of } = partsOf(type);
  const [first = name] = FITTING[name] ?? [];
  return kindNamed(first).adopt(of === undefined ? { stake } : { stake, of }, thread);
}

function kindNamed(name: string): Kind {
  return sendableNamed(HANDLE_PREFIX + name) as unknown as Kind;
}

/** What a handle is called; undefined if it is none. */
function handleNameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const name = sendableNameOf(value);
  return name?.startsWith(HANDLE_PREFIX) ? name.slice(HANDLE_PREFIX.length) : undefined;
}

function ofWhat(value: unknown): string | undefined {
  return (value as { readonly of?: string }).of;
}

function describe(value: unknown): string {
  const name = handleNameOf(value);
  if (name === undefined) return show(value);
  const isOfSomething = /\.|Once|Mutex|RwLock/.test(name);
  return isOfSomething ? `${name}<${ofWhat(value) ?? "any value, as it has no codec"}>` : name;
}
