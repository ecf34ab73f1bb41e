/** The timer wheels of all workers, laid over each other. What comes to the top is due. */

import type { TimerWheelMetrics } from "tokiwa";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";

/** Levels that are drawn, from the outside; those beyond wait for hours. */
const RINGS = 3;
const TURN = 2 * Math.PI;
const TOP = -Math.PI / 2;
/** What lies between two slots, as a share of a slot. */
const GAP = 0.26;

export class Wheel {
  readonly #surface: Surface;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  draw(wheels: readonly TimerWheelMetrics[], palette: Palette, isStill: boolean): void {
    this.#surface.begin();
    const { context, width, height } = this.#surface;
    const size = Math.min(width, height);
    if (size === 0) return;
    context.translate(width / 2, height / 2);
    const now = Math.max(0, ...wheels.map(({ elapsedMs }) => elapsedMs));
    const thickness = size * 0.068;
    for (let level = 0; level < RINGS; level++) {
      const radius = size * (0.44 - level * 0.095);
      const width = wheels[0]?.slotMs(level) ?? 1;
      const position = isStill ? Math.floor(now / width) : now / width;
      drawRing(context, radius, thickness, position % 64, countOf(wheels, level), palette);
    }
    drawNeedle(context, size, palette);
  }
}

/** How many of the wheels have timers in each slot of a level, as a share. */
function countOf(wheels: readonly TimerWheelMetrics[], level: number): number[] {
  const counts = new Array<number>(64).fill(0);
  for (const wheel of wheels) {
    for (let slot = 0; slot < 64; slot++) {
      if (wheel.isOccupied(level, slot)) counts[slot] = (counts[slot] ?? 0) + 1 / wheels.length;
    }
  }
  return counts;
}

/** A ring with its slots, of which the one at `position` is at the top. */
function drawRing(
  context: CanvasRenderingContext2D,
  radius: number,
  thickness: number,
  position: number,
  shares: readonly number[],
  palette: Palette,
): void {
  context.lineWidth = thickness;
  for (const share of new Set([0, ...shares])) {
    context.beginPath();
    for (let slot = 0; slot < 64; slot++) {
      if (shares[slot] !== share) continue;
      const from = TOP + ((slot - position + GAP / 2) / 64) * TURN;
      const to = TOP + ((slot - position + 1 - GAP / 2) / 64) * TURN;
      context.moveTo(Math.cos(from) * radius, Math.sin(from) * radius);
      context.arc(0, 0, radius, from, to);
    }
    context.strokeStyle = share === 0 ? palette.faint : palette.timer;
    context.globalAlpha = share === 0 ? 0.7 : 0.3 + 0.7 * share;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A mark at the top, where timers fire. */
function drawNeedle(context: CanvasRenderingContext2D, size: number, palette: Palette): void {
  context.fillStyle = palette.steal;
  const top = -size * 0.486;
  context.beginPath();
  context.moveTo(0, top + size * 0.04);
  context.lineTo(-size * 0.018, top);
  context.lineTo(size * 0.018, top);
  context.fill();
  context.globalAlpha = 0.85;
  context.fillRect(-0.75, top + size * 0.02, 1.5, size * 0.27);
  context.globalAlpha = 1;
}
