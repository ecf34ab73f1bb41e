// Receives numbers or buffers until null comes; answers how many came in order, and whole.
import { parentPort } from "node:worker_threads";
import { checkBytes } from "./pattern.mjs";

let next = 0;
parentPort.on("message", (message) => {
  if (message === null) {
    parentPort.postMessage(next);
    next = 0;
  } else if (typeof message === "number" ? message === next : checkBytes(message, next)) next += 1;
});
