/**
 * One message, from one sender to one receiver: a channel with room for one, whose sender goes as
 * it sends. What is not said here is said of channels: receiving, closing, waiting for the close.
 */
import { SYNC_CLOSED, SYNC_DONE, SYNC_REFUSED } from "../shared/verdicts";
import * as channel from "./channel";
import { endSenderLocked } from "./ends";
import { Channel, put } from "./messages";
import * as primitives from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Stake } from "./stake";

/** A channel for one message, by its receiver; or NO_MEMORY. */
export function create(blocks: bool, owner: usize): usize {
  return channel.create(1, blocks, owner);
}

/**
 * Sends, and gives the sender up. DONE; or CLOSED, or REFUSED if there is no room, as in a channel
 * for more than one message: then the message is the caller's.
 */
export function send(sender: usize, message: u64): u32 {
  const stake = changetype<Stake>(sender);
  const address = stake.primitive;
  const oneshot = changetype<Channel>(address);
  primitives.enter(address);
  const isOpen = !oneshot.closed;
  if (isOpen && oneshot.available == 0) {
    primitives.leave(address);
    return SYNC_REFUSED;
  }
  if (isOpen) {
    put(oneshot, message); // First: a thread that dies on its way in there has taken no place.
    oneshot.available -= 1;
  }
  endSenderLocked(stake);
  settle(address, sender);
  stakes.retire(sender);
  return isOpen ? SYNC_DONE : SYNC_CLOSED;
}
