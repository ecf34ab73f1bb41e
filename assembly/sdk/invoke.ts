/**
 * Calls the function of a task whose arguments or value are more than the core hands over itself.
 *
 * There is one function for each number of arguments, as their types are inferred from a function.
 */
import * as core from "./tokiwa";
import { following, fromBits, give, unpack } from "./values";

export function invoke0<R = void>(fn: () => R): void {
  if (isVoid<R>()) fn();
  else give<R>(fn());
}

export function invoke1<A, R = void>(fn: (a: A) => R): void {
  // A number that comes alone is in no block.
  if (isInteger<A>() || isFloat<A>()) {
    const a = fromBits<A>(core.guestArgument());
    if (isVoid<R>()) fn(a);
    else give<R>(fn(a));
  } else invokeWithBlock<A, R>(fn);
}

export function invokeWithBlock<A, R = void>(fn: (a: A) => R): void {
  const a = unpack<A>(core.guestBlock());
  core.guestDropBlock();
  if (isVoid<R>()) fn(a);
  else give<R>(fn(a));
}

export function invoke2<A, B, R = void>(fn: (a: A, b: B) => R): void {
  let at = core.guestBlock();
  const a = unpack<A>(at);
  at = following<A>(at);
  const b = unpack<B>(at);
  core.guestDropBlock();
  if (isVoid<R>()) fn(a, b);
  else give<R>(fn(a, b));
}

export function invoke3<A, B, C, R = void>(fn: (a: A, b: B, c: C) => R): void {
  let at = core.guestBlock();
  const a = unpack<A>(at);
  at = following<A>(at);
  const b = unpack<B>(at);
  at = following<B>(at);
  const c = unpack<C>(at);
  core.guestDropBlock();
  if (isVoid<R>()) fn(a, b, c);
  else give<R>(fn(a, b, c));
}

export function invoke4<A, B, C, D, R = void>(fn: (a: A, b: B, c: C, d: D) => R): void {
  let at = core.guestBlock();
  const a = unpack<A>(at);
  at = following<A>(at);
  const b = unpack<B>(at);
  at = following<B>(at);
  const c = unpack<C>(at);
  at = following<C>(at);
  const d = unpack<D>(at);
  core.guestDropBlock();
  if (isVoid<R>()) fn(a, b, c, d);
  else give<R>(fn(a, b, c, d));
}
