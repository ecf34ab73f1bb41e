/** Frames of the demo's picture, as the demo asks for them; in Node and in pages. */
import { Runtime } from "tokiwa";
import { record } from "../harness/measure.mjs";

const WIDTH = 480;
const HEIGHT = 320;
const TILE = 40;
/** Near its middle the demo's zoom looks so. */
const VIEW = { real: -0.743643887037151, imaginary: 0.13182590420533, width: 1e-5 };
const ITERATIONS = 330;
const WARM_UP_MS = 1500;

const inPage = new URL("../build/mandelbrot.wasm", import.meta.url);

export const one = ({ frames: count }) => frames(inPage, { frames: count, workers: 1 });
export const two = ({ frames: count }) => frames(inPage, { frames: count, workers: 2 });

/** Renders so many frames, one after the other, once it is warm. */
export async function frames(url, { frames: count, workers }) {
  const runtime = await Runtime.create({ workerThreads: workers });
  const { tile } = await runtime.load(url);
  const frame = () => Promise.all(requests().map((request) => runtime.spawn(tile, request)));
  const warmUntil = performance.now() + WARM_UP_MS;
  while (performance.now() < warmUntil) await frame();
  const start = performance.now();
  for (let n = 0; n < count; n++) await frame();
  return record({ n: count, ms: performance.now() - start });
}

function requests() {
  const step = VIEW.width / WIDTH;
  const left = VIEW.real - VIEW.width / 2;
  const top = VIEW.imaginary + (step * HEIGHT) / 2;
  const tiles = [];
  for (let y = 0; y < HEIGHT; y += TILE) {
    for (let x = 0; x < WIDTH; x += TILE) {
      tiles.push(Float64Array.of(left + x * step, top - y * step, step, TILE, TILE, ITERATIONS));
    }
  }
  return tiles;
}
