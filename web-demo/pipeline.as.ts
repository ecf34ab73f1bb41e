// The pipeline: messages pass through bounded channels, of which the last is emptied as fast as the
// page says. Once it is full, each stage before it has to wait, and in the end the producer.

import { mpsc, Semaphore, sleep, watch } from "tokiwa/assembly";

const PRODUCED_PER_S: f64 = 120;
/** What a stage does with a message, at least and at most. */
const STAGE_MIN_MS: f64 = 2;
const STAGE_MAX_MS: f64 = 8;

/** Sends messages at a steady pace, which only a full channel slows down; `sent` counts them. */
export function produce(to: mpsc.Sender<i32>, sent: Semaphore): void {
  let message = 0;
  while (true) {
    sleep((1000 / PRODUCED_PER_S) * (0.5 + Math.random()));
    if (!to.send(message)) return;
    message += 1;
    sent.addPermits(1);
  }
}

/** Hands messages on. */
export function stage(from: mpsc.Receiver<i32>, to: mpsc.Sender<i32>): void {
  while (from.recv()) {
    sleep(STAGE_MIN_MS + Math.random() * (STAGE_MAX_MS - STAGE_MIN_MS));
    if (!to.send(from.value)) return;
  }
}

/** Takes so many messages a second as `pace` says; `received` counts them. */
export function drain(
  from: mpsc.Receiver<i32>,
  pace: watch.Receiver<f64>,
  received: Semaphore,
): void {
  while (true) {
    const perSecond = pace.borrow();
    if (perSecond <= 0) {
      if (!pace.changed()) return;
      continue;
    }
    if (!from.recv()) return;
    received.addPermits(1);
    sleep(1000 / perSecond);
  }
}
