/** The visible job: frame after frame, each of as many tasks as the picture has tiles. */

import { type Engine, isShared } from "./engine.ts";
import { type View, viewAt } from "./zoom.ts";

const TILE = 40;

/** How fast it went lately. */
export interface Pace {
  readonly framesPerSecond: number;
  /** From the first task's start to the last one's end. */
  readonly frameMs: number;
  readonly tiles: number;
}

export class MandelbrotJob {
  readonly #context: CanvasRenderingContext2D;
  readonly #ends: number[] = [];
  #frameMs = 0;
  #seconds = 6;
  #engine: Engine | undefined;
  /** No frame begins while it is held. */
  isHeld = false;
  /** Shows the same view, again and again. */
  isStill = false;

  constructor(canvas: HTMLCanvasElement) {
    // One thread has to draw the page as well: it gets a quarter of the work.
    if (!isShared) {
      canvas.width /= 2;
      canvas.height /= 2;
    }
    this.#context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  }

  get pace(): Pace {
    const first = this.#ends[0] ?? 0;
    const last = this.#ends.at(-1) ?? 0;
    const frames = this.#ends.length - 1;
    const { width, height } = this.#context.canvas;
    return {
      framesPerSecond: frames > 0 ? (frames * 1000) / (last - first) : 0,
      frameMs: this.#frameMs,
      tiles: Math.ceil(width / TILE) * Math.ceil(height / TILE),
    };
  }

  /** Renders with an engine until it gets another one, or the engine stops. */
  async run(engine: Engine | undefined): Promise<void> {
    this.#engine = engine;
    this.#ends.length = 0;
    let last = performance.now();
    while (engine !== undefined && this.#engine === engine) {
      if (this.isHeld) await nextFrame();
      else await this.#frame(engine);
      const now = performance.now();
      // A long pause is no reason to leap.
      if (!this.isHeld && !this.isStill) this.#seconds += Math.min(now - last, 400) / 1000;
      last = now;
    }
  }

  async #frame(engine: Engine): Promise<void> {
    const began = performance.now();
    const { width, height } = this.#context.canvas;
    const requests = tilesOf(viewAt(this.#seconds), width, height);
    const handles = requests.map(({ request }) => {
      return engine.runtime.spawn(engine.mandelbrot.tile, request);
    });
    const settled = await Promise.allSettled(handles);
    if (this.#engine !== engine) return;
    for (const [index, { x, y, columns, rows }] of requests.entries()) {
      const tile = settled[index];
      if (tile?.status !== "fulfilled") continue;
      const pixels = new Uint8ClampedArray(tile.value);
      this.#context.putImageData(new ImageData(pixels, columns, rows), x, y);
    }
    const ended = performance.now();
    this.#frameMs = ended - began;
    this.#ends.push(ended);
    while (ended - (this.#ends[0] ?? ended) > 1500) this.#ends.shift();
  }
}

/** What is asked of each tile, and where it belongs. */
function tilesOf(view: View, width: number, height: number) {
  const step = view.width / width;
  const left = view.real - view.width / 2;
  const top = view.imaginary + (step * height) / 2;
  const tiles = [];
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) {
      const columns = Math.min(TILE, width - x);
      const rows = Math.min(TILE, height - y);
      const corner = [left + x * step, top - y * step] as const;
      const request = Float64Array.of(...corner, step, columns, rows, view.iterations);
      tiles.push({ request, x, y, columns, rows });
    }
  }
  return tiles;
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
