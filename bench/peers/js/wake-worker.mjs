// One of two plain workers of the wake bench: the sleeper asks and parks, the waker computes,
// stamps the time and wakes it, through a MessagePort or through Atomics (the floor).
import { parentPort, workerData } from "node:worker_threads";
import { clockNs, spinFor } from "../../harness/measure.mjs";

const { how, role, port, words, stamps, rounds, spinUs } = workerData;
const [ASKED, ANSWERED] = [0, 1];

const roles = {
  port: {
    sleeper() {
      const latencies = [];
      port.on("message", (stamp) => {
        latencies.push((clockNs() - stamp) / 1000);
        if (latencies.length < rounds) port.postMessage("next");
        else finish(latencies);
      });
      port.postMessage("next");
    },
    waker() {
      port.on("message", () => {
        spinFor(spinUs);
        port.postMessage(clockNs());
      });
    },
  },
  futex: {
    sleeper() {
      const latencies = [];
      for (let i = 0; i < rounds; i++) {
        Atomics.add(words, ASKED, 1);
        Atomics.notify(words, ASKED);
        Atomics.wait(words, ANSWERED, i);
        latencies.push((clockNs() - stamps[0]) / 1000);
      }
      finish(latencies);
    },
    waker() {
      for (let i = 0; i < rounds; i++) {
        Atomics.wait(words, ASKED, i);
        spinFor(spinUs);
        stamps[0] = clockNs();
        Atomics.add(words, ANSWERED, 1);
        Atomics.notify(words, ANSWERED);
      }
    },
  },
};

function finish(latencies) {
  parentPort.postMessage(latencies);
  port.close();
}

roles[how][role]();
