// One of two plain workers of the wake bench: the sleeper asks, computes for a moment and parks;
// the waker computes, stamps the time and wakes it, through a MessagePort or through Atomics (the
// floor).
import { parentPort, threadId, workerData } from "node:worker_threads";
import { clockNs, spinFor, Wakes } from "../../harness/measure.mjs";

const { how, role, port, words, stamps, warm, rounds, takeUs, spinUs } = workerData;
const [ASKED, ANSWERED] = [0, 1];
const all = warm + rounds;
const wakes = new Wakes();
let round = 0;

const counts = () => round >= warm;
const compute = (us) => counts() && spinFor(us);

const roles = {
  port: {
    sleeper() {
      const ask = () => {
        port.postMessage("next");
        compute(takeUs);
        wakes.sleep();
      };
      port.on("message", ([, stamp]) => {
        if (counts()) wakes.wake(stamp);
        if (++round < all) ask();
        else finish();
      });
      ask();
    },
    waker() {
      port.on("message", () => {
        compute(spinUs);
        round += 1;
        port.postMessage([threadId, clockNs()]);
      });
    },
  },
  futex: {
    sleeper() {
      for (; round < all; round++) {
        Atomics.add(words, ASKED, 1);
        Atomics.notify(words, ASKED);
        compute(takeUs);
        wakes.sleep();
        Atomics.wait(words, ANSWERED, round);
        if (counts()) wakes.wake(stamps[0]);
      }
      finish();
    },
    waker() {
      for (; round < all; round++) {
        Atomics.wait(words, ASKED, round);
        compute(spinUs);
        stamps[0] = clockNs();
        Atomics.add(words, ANSWERED, 1);
        Atomics.notify(words, ANSWERED);
      }
    },
  },
};

function finish() {
  parentPort.postMessage(wakes.latencies);
  port.close();
}

roles[how][role]();
