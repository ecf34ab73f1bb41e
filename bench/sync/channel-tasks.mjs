// The other ends of the channels, on another thread.
import { task } from "tokiwa";
import { checkBytes } from "../peers/js/pattern.mjs";

const BATCH = 256;

/** Receives numbers from 0 on; how many came in order. */
export const drainNumbers = task(import.meta, "drainNumbers", async (receiver) => {
  let next = 0;
  for (;;) {
    const messages = await receiver.recvMany(BATCH);
    if (messages.length === 0) break;
    for (const number of messages) if (number === next) next += 1;
  }
  receiver[Symbol.dispose]();
  return next;
});

/** Receives bytes; how many came in order with every byte as it was. */
export const drainBytes = task(import.meta, "drainBytes", async (receiver) => {
  let next = 0;
  for (;;) {
    const messages = await receiver.recvMany(BATCH);
    if (messages.length === 0) break;
    for (const bytes of messages) if (checkBytes(bytes, next)) next += 1;
  }
  receiver[Symbol.dispose]();
  return next;
});

/** Answers one request. */
export const increment = task(import.meta, "increment", (sender, x) => {
  sender.send(x + 1);
});
