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
  const first = load<usize>(home);
  const links = changetype<Links>(member);
  links.next = 0;
  if (first == 0) {
    links.prev = member;
    store<usize>(home, member);
    return;
  }
  const last = changetype<Links>(first).prev;
  links.prev = last;
  changetype<Links>(last).next = member;
  changetype<Links>(first).prev = member;
}

/** Takes a member out of its list. */
export function remove(home: usize, member: usize): void {
  const next = changetype<Links>(member).next;
  const prev = changetype<Links>(member).prev;
  if (load<usize>(home) == member) store<usize>(home, next);
  else changetype<Links>(prev).next = next;
  const first = load<usize>(home);
  if (first != 0) changetype<Links>(next != 0 ? next : first).prev = prev;
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
