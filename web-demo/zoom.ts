/** The way of the zoom: in at a point full of spirals, and out again. */

/** A part of the plane, and how much work its points are worth. */
export interface View {
  readonly real: number;
  readonly imaginary: number;
  /** The width of the picture in the plane. */
  readonly width: number;
  readonly iterations: number;
}

const REAL = -0.743643887037151;
const IMAGINARY = 0.13182590420533;
const WIDTH_MAX = 3.2;
/** Beyond this, 64 bits do not tell two pixels apart. */
const WIDTH_MIN = 4e-11;
/** Seconds from the outside to the innermost. */
const SECONDS = 40;

/** What is seen after so many seconds. */
export function viewAt(seconds: number): View {
  const turn = (seconds / SECONDS) % 2;
  const depth = turn < 1 ? turn : 2 - turn;
  const width = WIDTH_MAX * (WIDTH_MIN / WIDTH_MAX) ** depth;
  // The whole of it stands in the middle; from nearby only the point does.
  const part = Math.min(1, Math.max(0, (width - 0.01) / WIDTH_MAX));
  const real = REAL + part * 0.1;
  return { real, imaginary: IMAGINARY * (1 - part), width, iterations: 120 + depth * 420 };
}
