/** A worker that does nothing but say that it is there. */
import { parentPort } from "node:worker_threads";

parentPort.postMessage("here");
