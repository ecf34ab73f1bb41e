/** The workers as lanes: what they have done lately, and what each is at now. */

import type { Palette } from "./palette.ts";
import type { WorkerSample } from "./sampler.ts";
import { Strip, victimOf } from "./strip.ts";
import type { Surface } from "./surface.ts";

/** At the right, where the worker itself stands. */
const HEAD_WIDTH = 92;
const DISC_RADIUS = 9;
const FLIGHT_MS = 520;
const FLIGHTS_MAX = 40;
/** Marks of a queue: so many in a column, and so many columns. */
const MARK_ROWS = 6;
const MARK_COLUMNS = 9;

/** Tasks on their way from one worker to another. */
interface Flight {
  readonly from: number;
  readonly to: number;
  readonly bulge: number;
  ageMs: number;
}

export class Lanes {
  readonly #surface: Surface;
  readonly #strip = new Strip();
  #flights: Flight[] = [];
  #lanes = 0;
  /** What the labels take of each lane. */
  #inset = 0;
  #isStale = true;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** The colours have changed. */
  invalidate(): void {
    this.#isStale = true;
  }

  /** Draws the next frame; nothing moves if it `isStill`. */
  draw(samples: readonly WorkerSample[], elapsedMs: number, palette: Palette, isStill: boolean) {
    const { context, width, height, ratio } = this.#begin(samples.length, palette);
    const lane = height / Math.max(1, samples.length);
    const middleOf = (index: number) => index * lane + (lane + this.#inset) / 2;
    this.#strip.add(samples, elapsedMs, palette);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.#strip.paint(context);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const left = width - HEAD_WIDTH;
    for (const [index, sample] of samples.entries()) {
      drawHead(context, left, middleOf(index), sample, palette);
    }
    if (isStill) return;
    this.#launch(samples);
    this.#fly(context, left + DISC_RADIUS + 4, middleOf, elapsedMs, palette);
  }

  #begin(lanes: number, palette: Palette): Surface {
    const hasChanged = this.#surface.begin();
    if (hasChanged || this.#isStale || lanes !== this.#lanes) {
      const { width, height, ratio } = this.#surface;
      this.#lanes = lanes;
      this.#isStale = false;
      this.#flights = [];
      const style = getComputedStyle(this.#surface.canvas);
      this.#inset = Number.parseFloat(style.getPropertyValue("--inset"));
      const size = { width: width - HEAD_WIDTH, lane: height / lanes, inset: this.#inset };
      this.#strip.resize({ ...size, lanes, ratio }, palette);
    }
    return this.#surface;
  }

  #launch(samples: readonly WorkerSample[]): void {
    for (const [to, { steals }] of samples.entries()) {
      if (steals === 0 || this.#flights.length >= FLIGHTS_MAX) continue;
      const from = victimOf(samples, to);
      const tasks = Math.min(3, Math.ceil(steals / 8));
      for (let task = 0; task < tasks; task++) {
        this.#flights.push({ from, to, bulge: 26 + Math.random() * 46, ageMs: -task * 40 });
      }
    }
  }

  #fly(
    context: CanvasRenderingContext2D,
    x: number,
    middleOf: (index: number) => number,
    elapsedMs: number,
    palette: Palette,
  ): void {
    context.fillStyle = palette.steal;
    for (const flight of this.#flights) {
      flight.ageMs += elapsedMs;
      const part = flight.ageMs / FLIGHT_MS;
      if (part < 0 || part > 1) continue;
      const eased = part * part * (3 - 2 * part);
      const y = middleOf(flight.from + (flight.to - flight.from) * eased);
      const away = Math.sin(Math.PI * eased) * flight.bulge;
      context.globalAlpha = Math.min(1, 4 * (1 - part));
      context.beginPath();
      context.arc(x - away, y, 2.6, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    this.#flights = this.#flights.filter(({ ageMs }) => ageMs < FLIGHT_MS);
  }
}

/** The worker: filled while awake, hollow while parked; and its queue behind it. */
function drawHead(
  context: CanvasRenderingContext2D,
  left: number,
  y: number,
  { isParked, depth, polls }: WorkerSample,
  palette: Palette,
): void {
  const x = left + DISC_RADIUS + 4;
  const isAwake = !isParked || polls > 0;
  context.lineWidth = 2;
  context.strokeStyle = isAwake ? palette.poll : palette.muted;
  context.fillStyle = isAwake ? palette.poll : palette.card;
  context.beginPath();
  context.arc(x, y, DISC_RADIUS, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  drawQueue(context, x + DISC_RADIUS + 9, y, depth, palette);
}

function drawQueue(
  context: CanvasRenderingContext2D,
  left: number,
  middle: number,
  depth: number,
  palette: Palette,
): void {
  const shown = Math.min(depth, MARK_ROWS * MARK_COLUMNS);
  context.fillStyle = depth > shown ? palette.full : palette.ink;
  for (let mark = 0; mark < shown; mark++) {
    const column = Math.floor(mark / MARK_ROWS);
    const row = mark % MARK_ROWS;
    context.fillRect(left + column * 6, middle - MARK_ROWS * 3 + row * 6, 4, 4);
  }
}
