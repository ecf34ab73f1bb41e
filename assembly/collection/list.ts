/**
 * Lists through their members, which have their links side by side. Before the first member comes
 * the last: that is how the end of a list is found.
 */
import { NODE_NEXT } from "../shared/layout";

/** The links of a member. They stand where a node's link does. */
@unmanaged
class Links {
  /** The member's own. */
  before: u32;
  next: usize;
  prev: usize;
}
if (offsetof<Links>("next") != NODE_NEXT) ERROR("a member's link is not where a node's is");

/** Puts a member at the end of the list whose head stands at `home`. */
export function append(home: usize, member: usize): void {
  move(0, home, member);
}

/** Takes a member out of its list. */
export function remove(home: usize, member: usize): void {
  move(home, 0, member);
}

/**
 * Moves a member to the end of another list, or into or out of none, which is 0. Nothing is called
 * in between: who dies has done all of it or nothing.
 */
export function move(from: usize, to: usize, member: usize): void {
  const links = changetype<Links>(member);
  if (from != 0) {
    const next = links.next;
    const prev = links.prev;
    if (load<usize>(from) == member) store<usize>(from, next);
    else changetype<Links>(prev).next = next;
    const first = load<usize>(from);
    if (first != 0) changetype<Links>(next != 0 ? next : first).prev = prev;
  }
  if (to == 0) return;
  const first = load<usize>(to);
  const last = first == 0 ? member : changetype<Links>(first).prev;
  links.next = 0;
  links.prev = last;
  if (first == 0) {
    store<usize>(to, member);
    return;
  }
  changetype<Links>(last).next = member;
  changetype<Links>(first).prev = member;
}

/** The member before another, or 0 if that is the first. */
export function before(home: usize, member: usize): usize {
  return load<usize>(home) == member ? 0 : changetype<Links>(member).prev;
}

/** The member at the end, or 0. */
export function last(home: usize): usize {
  const first = load<usize>(home);
  return first == 0 ? 0 : changetype<Links>(first).prev;
}
