// A task that keeps its worker busy until the receiver has run, so that another one must wake.
import { mpsc, Notify, now, sleep, spawn2, spawn3 } from "tokiwa/assembly";

function receive(receiver: mpsc.Receiver<f64>, count: i32): Float64Array {
  const latenciesMs = new Float64Array(count);
  for (let at = 0; receiver.recv(); at++) latenciesMs[at] = now() - receiver.value;
  return latenciesMs;
}

/** Woken right after the receiver, it takes the place that other workers cannot steal from. */
function distract(decoy: Notify, count: i32): void {
  for (let at = 0; at < count; at++) decoy.notified();
}

class Times {
  rounds: i32;
  gapMs: f64;
  /** The longest that it keeps its worker busy. */
  busyMs: f64;
}

const CAPACITY: u32 = 1024;

function send(sender: mpsc.Sender<f64>, decoy: Notify, times: Times): void {
  for (let round = 0; round < times.rounds; round++) {
    sleep(times.gapMs);
    sender.send(now());
    decoy.notifyOne();
    const until = now() + times.busyMs;
    while (sender.capacity < CAPACITY && now() < until) {}
  }
}

/** The latencies in milliseconds; those from `busyMs` on did not cross to another worker. */
export function run(rounds: i32, gapMs: f64, busyMs: f64): Float64Array {
  const ends = mpsc.channel<f64>(CAPACITY);
  const decoy = new Notify();
  const receiving = spawn2(receive, ends.receiver, rounds);
  const distracted = spawn2(distract, decoy.clone(), rounds);
  const times: Times = { rounds, gapMs, busyMs };
  const sending = spawn3(send, ends.sender, decoy, times);
  sending.join();
  distracted.join();
  return receiving.join();
}
