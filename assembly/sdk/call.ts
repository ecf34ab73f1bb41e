/**
 * Calls of TypeScript functions. The build tool makes the body of each function that a guest
 * declares and does not define one of these, with its place in the guest's list of functions.
 *
 * A request is a block with the guest's own number, the function's place, and the arguments. What
 * the answer looks like is said where it is made: `src/guest/calls.ts`.
 */
import { SYNC_DONE } from "../shared/verdicts";
import { __table_base, rethrow } from "./env";
import { made } from "./handle";
import * as core from "./tokiwa";
import { put, room, take, unpack } from "./values";

/** Where the arguments begin in a request, and the value in an answer. */
const HEADER: u32 = 8;
/** The first word of an answer that is a value. */
const VALUE: u32 = 0;

export function __call0<R>(place: u32): R {
  return answerTo<R>(requestOf(place, 0));
}

export function __call1<A, R>(place: u32, a: A): R {
  const request = requestOf(place, room<A>(a));
  put<A>(request + HEADER, a);
  return answerTo<R>(request);
}

export function __call2<A, B, R>(place: u32, a: A, b: B): R {
  const request = requestOf(place, room<A>(a) + room<B>(b));
  put<B>(put<A>(request + HEADER, a), b);
  return answerTo<R>(request);
}

export function __call3<A, B, C, R>(place: u32, a: A, b: B, c: C): R {
  const request = requestOf(place, room<A>(a) + room<B>(b) + room<C>(c));
  put<C>(put<B>(put<A>(request + HEADER, a), b), c);
  return answerTo<R>(request);
}

export function __call4<A, B, C, D, R>(place: u32, a: A, b: B, c: C, d: D): R {
  const request = requestOf(place, room<A>(a) + room<B>(b) + room<C>(c) + room<D>(d));
  put<D>(put<C>(put<B>(put<A>(request + HEADER, a), b), c), d);
  return answerTo<R>(request);
}

function requestOf(place: u32, bytes: u32): usize {
  const request = take(HEADER + bytes);
  store<u32>(request, __table_base);
  store<u32>(request, place, 4);
  return request;
}

/** Sends the request, and waits. The answer is gone with the receiver, whatever becomes of it. */
function answerTo<R>(request: usize): R {
  const ends = core.guestCreateChannel(1, true);
  const receiver = made(<usize>ends);
  core.guestCall(<usize>(ends >> 32), request);
  if (core.guestReceive(receiver) != SYNC_DONE) {
    throw new Error("Cannot call function: the runtime shuts down, or the memory is full");
  }
  const answer = <usize>core.guestMessage(receiver);
  if (load<u32>(answer) != VALUE) rethrow(answer);
  if (isVoid<R>()) {
    core.guestDrop(receiver);
    return;
  }
  const value = unpack<R>(answer + HEADER);
  core.guestDrop(receiver);
  return value;
}
