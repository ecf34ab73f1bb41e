/**
 * Every contended word is read and written here, and nowhere else.
 *
 * In the model build each access first calls `step`: the interleaving explorer switches threads
 * there. In every other build the call is not compiled.
 *
 * Wasm has only sequentially consistent atomics; callers name the weaker edge that they need.
 */
import { step } from "./host";

export function load(address: usize): u32 {
  if (isDefined(MODEL)) step(address);
  return atomic.load<u32>(address);
}

export function store(address: usize, value: u32): void {
  if (isDefined(MODEL)) step(address);
  atomic.store<u32>(address, value);
}

/** Returns what it found. */
export function exchange(address: usize, value: u32): u32 {
  if (isDefined(MODEL)) step(address);
  return atomic.xchg<u32>(address, value);
}

/** Writes `next` if the word holds `expected`; returns what it found. */
export function compareExchange(address: usize, expected: u32, next: u32): u32 {
  if (isDefined(MODEL)) step(address);
  return atomic.cmpxchg<u32>(address, expected, next);
}

/** Returns what it found. */
export function add(address: usize, delta: u32): u32 {
  if (isDefined(MODEL)) step(address);
  return atomic.add<u32>(address, delta);
}

/** Returns what it found. */
export function subtract(address: usize, delta: u32): u32 {
  if (isDefined(MODEL)) step(address);
  return atomic.sub<u32>(address, delta);
}

export function load64(address: usize): u64 {
  if (isDefined(MODEL)) step(address);
  return atomic.load<u64>(address);
}

export function store64(address: usize, value: u64): void {
  if (isDefined(MODEL)) step(address);
  atomic.store<u64>(address, value);
}

/** Writes `next` if the word holds `expected`; returns what it found. */
export function compareExchange64(address: usize, expected: u64, next: u64): u64 {
  if (isDefined(MODEL)) step(address);
  return atomic.cmpxchg<u64>(address, expected, next);
}

/** Returns what it found. */
export function add64(address: usize, delta: u64): u64 {
  if (isDefined(MODEL)) step(address);
  return atomic.add<u64>(address, delta);
}

/** Sets bits; returns what it found. */
export function or64(address: usize, bits: u64): u64 {
  if (isDefined(MODEL)) step(address);
  return atomic.or<u64>(address, bits);
}
