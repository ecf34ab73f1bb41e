/** Three bounded channels, one after the other: a serpentine of cells that fill from their ends. */

import { CHANNEL_CAPACITY, type Flow } from "./engine.ts";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";

const FLIGHT_MS = 380;
const FLIGHTS_MAX = 60;
const FONT = "13px Bricolage, system-ui, sans-serif";

/** A message on its way round a bend, or in or out. */
interface Flight {
  readonly bend: number;
  ageMs: number;
}

export class Channels {
  readonly #surface: Surface;
  #last: Flow | undefined;
  #flights: Flight[] = [];

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** Another runtime's channels come. */
  reset(): void {
    this.#last = undefined;
    this.#flights = [];
  }

  draw(flow: Flow, elapsedMs: number, palette: Palette, isStill: boolean): void {
    this.#surface.begin();
    const { context, width, height } = this.#surface;
    const place = placeIn(width, height, flow.depths.length);
    drawPipe(context, place, palette);
    context.font = FONT;
    for (const [row, depth] of flow.depths.entries()) {
      drawRow(context, place, row, depth, palette);
      drawLabel(context, place, row, depth, palette);
    }
    if (!isStill) this.#fly(context, place, flow, elapsedMs, palette);
    this.#last = flow;
  }

  #fly(
    context: CanvasRenderingContext2D,
    place: Place,
    flow: Flow,
    elapsedMs: number,
    palette: Palette,
  ): void {
    for (const [bend, messages] of passed(this.#last ?? flow, flow).entries()) {
      for (let message = 0; message < Math.min(messages, 3); message++) {
        if (this.#flights.length < FLIGHTS_MAX) this.#flights.push({ bend, ageMs: -message * 90 });
      }
    }
    context.fillStyle = palette.poll;
    for (const flight of this.#flights) {
      flight.ageMs += elapsedMs;
      const part = flight.ageMs / FLIGHT_MS;
      if (part < 0 || part > 1) continue;
      const [x, y] = along(place, flight.bend, part);
      context.beginPath();
      context.arc(x, y, 3.2, 0, 2 * Math.PI);
      context.fill();
    }
    this.#flights = this.#flights.filter(({ ageMs }) => ageMs < FLIGHT_MS);
  }
}

/** How many messages have come in, gone from each channel to the next, and out. */
function passed(before: Flow, now: Flow): number[] {
  const counts = [now.sent - before.sent];
  for (const [row, depth] of now.depths.entries()) {
    const grown = depth - (before.depths[row] ?? 0);
    counts.push(Math.max(0, (counts[row] ?? 0) - grown));
  }
  counts[counts.length - 1] = now.received - before.received;
  return counts;
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly rows: readonly number[];
  readonly radius: number;
  readonly cell: number;
}

function placeIn(width: number, height: number, rows: number): Place {
  const pitch = height / (rows + 0.35);
  const radius = pitch / 2;
  const left = radius + 6;
  const right = width - radius - 6;
  const first = (height - (rows - 1) * pitch) / 2 - 8;
  const middles = Array.from({ length: rows }, (_, row) => first + row * pitch);
  return { left, right, rows: middles, radius, cell: (right - left) / CHANNEL_CAPACITY };
}

/** The way of the messages: in at the left, round the bends, out at the right. */
function drawPipe(context: CanvasRenderingContext2D, place: Place, palette: Palette): void {
  const { left, right, rows, radius } = place;
  context.strokeStyle = palette.faint;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(0, rows[0] ?? 0);
  for (const [row, y] of rows.entries()) {
    const isForward = row % 2 === 0;
    const end = isForward ? right : left;
    context.lineTo(isForward ? left : right, y);
    context.lineTo(end, y);
    if (row === rows.length - 1) context.lineTo(right + radius + 6, y);
    else context.arc(end, y + radius, radius, TOP, -TOP, !isForward);
  }
  context.stroke();
}

const TOP = -Math.PI / 2;

function cellHeight(cell: number): number {
  return Math.min(cell * 1.7, 24);
}

/** The cells of a channel. The oldest message is nearest to the end. */
function drawRow(
  context: CanvasRenderingContext2D,
  { left, rows, cell }: Place,
  row: number,
  depth: number,
  palette: Palette,
): void {
  const y = rows[row] ?? 0;
  const height = cellHeight(cell);
  const gap = Math.max(1.5, cell * 0.18);
  const isForward = row % 2 === 0;
  const share = depth / CHANNEL_CAPACITY;
  const colour = share >= 1 ? palette.steal : share > 0.6 ? palette.full : palette.poll;
  for (let index = 0; index < CHANNEL_CAPACITY; index++) {
    const fromEnd = isForward ? CHANNEL_CAPACITY - 1 - index : index;
    const isTaken = fromEnd < depth;
    context.fillStyle = isTaken ? colour : palette.card;
    context.strokeStyle = isTaken ? colour : palette.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(left + index * cell + gap / 2, y - height / 2, cell - gap, height, gap);
    context.fill();
    context.stroke();
  }
}

function drawLabel(
  context: CanvasRenderingContext2D,
  { left, right, rows, cell }: Place,
  row: number,
  depth: number,
  palette: Palette,
): void {
  const y = (rows[row] ?? 0) + cellHeight(cell) / 2 + 18;
  context.fillStyle = palette.muted;
  context.textAlign = "left";
  context.fillText(`channel ${row + 1}`, left, y);
  context.textAlign = "right";
  context.fillStyle = depth === CHANNEL_CAPACITY ? palette.steal : palette.muted;
  const told =
    depth === CHANNEL_CAPACITY
      ? "full, its sender waits"
      : `${depth} of ${CHANNEL_CAPACITY} messages`;
  context.fillText(told, right, y);
}

/** Where a message is that has done a part of a bend; the first and the last are straight. */
function along({ left, right, rows, radius }: Place, bend: number, part: number): [number, number] {
  if (bend === 0) return [left * part, rows[0] ?? 0];
  const y = rows[bend - 1] ?? 0;
  if (bend === rows.length) return [right + (radius + 6) * part, y];
  const isRight = bend % 2 === 1;
  const angle = TOP + Math.PI * part;
  const x = Math.cos(angle) * radius;
  return [isRight ? right + x : left - x, y + radius + Math.sin(angle) * radius];
}
