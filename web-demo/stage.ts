/** All that is drawn in a frame, and all that is written a few times a second. */

import { Channels } from "./channels.ts";
import { CHANNEL_CAPACITY, type Engine, type Flow } from "./engine.ts";
import { count, rate, show } from "./figures.ts";
import { Frames } from "./frames.ts";
import { LaneLabels } from "./lane-labels.ts";
import { Lanes } from "./lanes.ts";
import type { MandelbrotJob } from "./mandelbrot.ts";
import { type Palette, readPalette } from "./palette.ts";
import { Rates, Sampler, type WorkerSample } from "./sampler.ts";
import type { Mode } from "./state.ts";
import { surfaceOf } from "./surface.ts";
import { Wheel } from "./wheel.ts";

/** Nobody reads faster. */
const FIGURES_MS = 400;

export class Stage {
  readonly #lanes = new Lanes(surfaceOf("lanes"));
  readonly #wheel = new Wheel(surfaceOf("wheel"));
  readonly #channels = new Channels(surfaceOf("channels"));
  readonly #labels = new LaneLabels(document.getElementById("lane-labels") as HTMLElement);
  readonly #job: MandelbrotJob;
  readonly #frames = new Frames();
  /** How fast each mode was when it was last seen. */
  readonly #best: Partial<Record<Mode, number>> = {};
  #palette: Palette = readPalette();
  #engine: Engine | undefined;
  #sampler: Sampler | undefined;
  #rates = new Rates();
  #flow: Flow | undefined;
  #mode: Mode = "all";
  #last = performance.now();
  #figuresAt = 0;
  /** Nothing moves: the visitor wants no motion. */
  isStill = false;
  /** The picture stays as it is, and the tasks go on. */
  isPaused = false;

  constructor(job: MandelbrotJob) {
    this.#job = job;
    const frame = () => {
      this.#frame();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Shows another engine; none while the next one starts. */
  show(engine: Engine | undefined, mode: Mode): void {
    this.#engine = engine;
    this.#sampler = engine && new Sampler(engine.runtime.metrics);
    this.#rates = new Rates();
    this.#flow = undefined;
    this.#channels.reset();
    this.#mode = mode;
    this.#figuresAt = performance.now();
  }

  /** Takes the colours of the theme that there is now. */
  repaint(): void {
    this.#palette = readPalette();
    this.#lanes.invalidate();
  }

  #frame(): void {
    const began = performance.now();
    const elapsedMs = began - this.#last;
    this.#last = began;
    if (this.#engine === undefined || this.#sampler === undefined) return;
    const samples = this.#sampler.sample();
    this.#rates.add(samples, elapsedMs);
    if (!this.isPaused) this.#draw(this.#engine, this.#sampler, samples, elapsedMs);
    if (began - this.#figuresAt > FIGURES_MS) {
      this.#write(this.#engine, samples, (began - this.#figuresAt) / 1000);
      this.#figuresAt = began;
    }
    this.#frames.add(performance.now() - began);
  }

  #draw(
    engine: Engine,
    { wheels }: Sampler,
    samples: readonly WorkerSample[],
    elapsedMs: number,
  ): void {
    this.#lanes.draw(samples, elapsedMs, this.#palette, this.isStill);
    this.#wheel.draw(wheels, this.#palette, this.isStill);
    this.#channels.draw(engine.flow, elapsedMs, this.#palette, this.isStill);
  }

  #write(engine: Engine, samples: readonly WorkerSample[], seconds: number): void {
    const { metrics } = engine.runtime;
    const rates = this.#rates.take();
    const total = (of: "polls" | "steals" | "parks") =>
      rate(rates.reduce((sum, rates) => sum + rates[of], 0));
    this.#labels.show(samples, rates);
    show("alive", count(metrics.aliveTasks));
    show("polls", total("polls"));
    show("steals", total("steals"));
    show("parks", total("parks"));
    show("pending", count(metrics.pendingWaits));
    this.#writeFlow(engine.flow, seconds);
    this.#writeJob();
    const { perSecond, scriptMs, longTasks } = this.#frames.take();
    show("frames", perSecond.toFixed(0));
    show("script", scriptMs.toFixed(1));
    show("long", String(longTasks));
  }

  #writeFlow(flow: Flow, seconds: number): void {
    const before = this.#flow ?? flow;
    show("sent", rate((flow.sent - before.sent) / seconds));
    show("received", rate((flow.received - before.received) / seconds));
    show("pressure", pressureOf(flow));
    this.#flow = flow;
  }

  #writeJob(): void {
    const { framesPerSecond, frameMs, tiles } = this.#job.pace;
    if (framesPerSecond > 0) this.#best[this.#mode] = framesPerSecond;
    show("fps", framesPerSecond.toFixed(1));
    show("render", `${tiles} tasks a frame, ${frameMs.toFixed(0)} ms`);
    const { one, all } = this.#best;
    const isKnown = one !== undefined && all !== undefined;
    show("compare", isKnown ? `all : single = ${(all / one).toFixed(2)} ×` : "");
  }
}

function pressureOf({ depths }: Flow): string {
  const waiting = depths.filter((depth) => depth >= CHANNEL_CAPACITY).length;
  if (waiting === 0) return "flowing";
  return waiting === depths.length ? "full: the producer waits" : `${waiting} full: pushing back`;
}
