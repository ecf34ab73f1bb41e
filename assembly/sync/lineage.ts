/**
 * Tokens of cancellation as a tree: each owns a reference to the one that it comes from.
 *
 * A token is cancelled if it is closed, or one above it is. So there is nothing to hand down as one
 * is cancelled: all who wait for a token of the tree stand in the line of the root, each with its
 * token as the message, and those go whose token is cancelled by now.
 *
 * Invariants
 *   T1  A token is closed, and its waits begin and end, by the holder of the root's lock. Its
 *       references belong to its own.
 *   T2  A closed token stays closed, and stays below the same one. So both are read without a lock.
 *   T3  If the root's `swept` is its version, nobody in the line waits for a cancelled token.
 *   T4  Who waits has a handle of the token that is older than the wait: it goes after it.
 */
import { PRIMITIVE_SIZE } from "../shared/layout";
import { Primitive } from "./primitive";
import { Stake } from "./stake";

@unmanaged
export class Token extends Primitive {
  /** Of a root: the version at which the line was last found to be in order. (T3) */
  swept: u32;
}
if (offsetof<Token>() > <usize>PRIMITIVE_SIZE) ERROR("Token does not fit a primitive's slot");

/** The token at the root of a token's tree. */
export function rootOf(token: usize): usize {
  let root = token;
  // Ends: nobody is above the root.
  for (let above = aboveOf(root); above != 0; above = aboveOf(root)) root = above;
  return root;
}

export function isCancelled(token: usize): bool {
  // Ends: nobody is above the root.
  for (let at = token; at != 0; at = aboveOf(at)) {
    if (changetype<Primitive>(at).closed) return true; // T2
  }
  return false;
}

/** The first who waits at a root and need not any more, or 0. The root's lock is held. */
export function firstOver(root: Token): usize {
  const version = <u32>root.version;
  if (root.swept == version) return 0; // T3
  let stake = root.closers;
  // Ends with the line. It is gone through for cancellations only, once more than they end waits.
  while (stake != 0 && !isCancelled(<usize>changetype<Stake>(stake).message)) {
    stake = changetype<Stake>(stake).next;
  }
  if (stake == 0) root.swept = version;
  return stake;
}

/** The token that a token comes from, or 0. */
function aboveOf(token: usize): usize {
  return changetype<Primitive>(token).block;
}
