/**
 * Handles on their way to another task. With the message they belong to its task, which gives back
 * what nobody takes out of it: because it was aborted, or the worker has died.
 *
 * What is shared gets another handle; an end of a channel is itself what moves.
 *
 * @module
 */

import { PRIMITIVE_GENERATION } from "../../assembly/shared/layout.ts";
import { departingFrom, stakesOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import type { HandleInTransit } from "../task/guest-handles.ts";
import { registerSendable, type Sendable, sendable } from "../task/send.ts";
import { type Handle, made, Origin, type SharedHandle } from "./handle.ts";

/** A class whose objects are handles, which all tell the same name for their way. */
type HandleClass<T> = (abstract new (...args: never) => T) & { readonly prototype: Sendable };

function nameOf({ prototype }: { readonly prototype: Sendable }): string {
  return prototype[sendable];
}

/** What all tasks that have one share: it is a handle, or has one. */
interface Shared {
  /** Undefined if it stays on its worker. */
  readonly shared: SharedHandle | undefined;
  /** What its values are called on the way to another task; undefined if it has none. */
  readonly of: string | undefined;
  refuse(thread: Thread | undefined): string | undefined;
}

/** Lets what is of `type` be shared with other tasks. */
export function registerShared<T extends Shared>(
  type: HandleClass<T>,
  adopt: (origin: Origin, of: string) => T,
): void {
  registerSendable<T, HandleInTransit>(nameOf(type), {
    isHandle: true,
    is: (value): value is T => value instanceof type,
    refuse: (value, thread) => value.refuse(thread),
    detach: (value) => {
      const handle = value.shared as SharedHandle;
      const { stake } = made(handle.thread, another(handle), "handle");
      const { of } = value;
      return { stake: depart(handle.thread, stake), ...(of !== undefined && { of }) };
    },
    restore: (value, { stake }) => giveUp((value.shared as SharedHandle).thread, stake),
    adopt: ({ stake, of }, thread) => adopt(arrive(thread, stake), of as string),
    discard: ({ stake }, thread) => giveUp(thread, stake),
  });
}

/** An end of a channel, whose messages are `of` some kind. */
export interface ChannelEnd extends Handle {
  /** What its messages are called on the way; undefined if they cannot leave their worker. */
  readonly of: string | undefined;
}

/** Lets ends of `type` move to other tasks. */
export function registerEnd<T extends ChannelEnd>(
  type: HandleClass<T>,
  adopt: (origin: Origin, of: string) => T,
): void {
  registerSendable<T, HandleInTransit>(nameOf(type), {
    isHandle: true,
    is: (value): value is T => value instanceof type,
    refuse: (end, thread) =>
      end.refuse(thread) ??
      (end.of === undefined ? `the end of a channel without a codec` : undefined),
    detach: (end) => ({ stake: depart(end.thread, end.detach()), of: end.of as string }),
    restore: (end, { stake }) => end.attach(arrive(end.thread, stake).stake),
    adopt: ({ stake, of }, thread) => adopt(arrive(thread, stake), of as string),
    discard: ({ stake }, thread) => giveUp(thread, stake),
  });
}

/** Another handle of the same, as its stake; or NO_MEMORY. */
export function another(handle: Handle): number {
  const { thread } = handle;
  const address = handle.primitive("share handle");
  const generation = thread.u32[(address + PRIMITIVE_GENERATION) >> 2] as number;
  return thread.core.primitiveOpen(address, generation, stakesOf(thread));
}

function depart(thread: Thread, stake: number): number {
  thread.core.stakeMove(stake, departingFrom(thread));
  return stake;
}

function arrive(thread: Thread, stake: number): Origin {
  thread.core.stakeMove(stake, stakesOf(thread));
  return new Origin(thread, stake);
}

function giveUp(thread: Thread, stake: number): void {
  if (thread.isClosed) return;
  thread.core.stakeDrop(arrive(thread, stake).stake);
  thread.driver.kick();
}
