// The visible job: one task for each tile of a picture of the Mandelbrot set.

import { yieldNow } from "tokiwa/assembly";

/** Beyond this, a point has escaped; so far out that the colours are smooth. */
const ESCAPE: f64 = 256;

/**
 * Renders a tile as RGBA. The request is: the real and imaginary part of the tile's first pixel,
 * the distance of two pixels, width and height in pixels, and how many iterations at most.
 */
export function tile(request: Float64Array): Uint8Array {
  const left = request[0];
  const top = request[1];
  const step = request[2];
  const width = <i32>request[3];
  const height = <i32>request[4];
  const iterations = <i32>request[5];
  const pixels = new Uint8Array(width * height * 4);
  const data = pixels.dataStart;
  for (let y = 0; y < height; y++) {
    const imaginary = top - step * y;
    for (let x = 0; x < width; x++) {
      const colour = colourOf(escapeTime(left + step * x, imaginary, iterations));
      store<u32>(data + ((<usize>(y * width + x)) << 2), colour);
    }
    // A row takes a while. Then whoever waits for this worker has a turn.
    yieldNow();
  }
  return pixels;
}

/** After how many iterations a point escapes, with a fraction; -1 if it does not. */
function escapeTime(real: f64, imaginary: f64, iterations: i32): f64 {
  let x: f64 = 0;
  let y: f64 = 0;
  let xx: f64 = 0;
  let yy: f64 = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    y = 2 * x * y + imaginary;
    x = xx - yy + real;
    xx = x * x;
    yy = y * y;
    if (xx + yy > ESCAPE) {
      return <f64>iteration + 1 - Math.log2(Math.log2(xx + yy) / 8);
    }
  }
  return -1;
}

/** From deep pine over celadon and paper to persimmon and back, ever more slowly. */
function colourOf(value: f64): u32 {
  if (value < 0) return 0xff14100b;
  const turn = Math.sqrt(value) * 0.26;
  const at = (turn - Math.floor(turn)) * 5;
  const band = <i32>at;
  const part = at - band;
  const from = stop(band);
  const to = stop(band + 1);
  return (
    0xff000000 |
    (mixed(from & 0xff, to & 0xff, part) << 16) |
    (mixed((from >> 8) & 0xff, (to >> 8) & 0xff, part) << 8) |
    mixed((from >> 16) & 0xff, (to >> 16) & 0xff, part)
  );
}

/** The colours of one turn, as 0xRRGGBB. */
function stop(index: i32): u32 {
  switch (index) {
    case 1:
      return 0x0f6b4a;
    case 2:
      return 0x8fd0ac;
    case 3:
      return 0xf7f3e3;
    case 4:
      return 0xe8703a;
    default:
      return 0x0b2a2a;
  }
}

function mixed(from: u32, to: u32, part: f64): u32 {
  return <u32>(<f64>from + (<f64>to - <f64>from) * part);
}
