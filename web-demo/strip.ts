/**
 * What the workers have done lately, as a picture that moves to the left: the newest column is at
 * the right. Each column is drawn once, into a ring that is as wide as the picture.
 */

import type { Palette } from "./palette.ts";
import type { WorkerSample } from "./sampler.ts";

/** CSS pixels a second. */
const SPEED = 84;
/** Polls in a frame at which a lane is full. */
const POLLS_FULL = 400;

export interface StripSize {
  readonly width: number;
  readonly lanes: number;
  /** The height of a lane, and how much of it is left free at its top. */
  readonly lane: number;
  readonly inset: number;
  readonly ratio: number;
}

interface Column {
  readonly samples: readonly WorkerSample[];
  /** How much of the time each worker was awake lately, from 0 to 1. */
  readonly awake: readonly number[];
  readonly width: number;
}

export class Strip {
  readonly #ring = document.createElement("canvas");
  readonly #context = this.#ring.getContext("2d") as CanvasRenderingContext2D;
  #past: Column[] = [];
  #ratio = 1;
  #lane = 1;
  #inset = 0;
  /** Where the next column begins, in device pixels. */
  #head = 0;
  #awake: readonly number[] = [];
  /** What is left of the last frame's way, less than a pixel. */
  #rest = 0;

  /** Begins anew at another size or in other colours, with what is known of the past. */
  resize({ width, lane, inset, lanes, ratio }: StripSize, palette: Palette): void {
    this.#ring.width = Math.max(1, Math.round(width * ratio));
    this.#ring.height = Math.max(1, Math.round(lane * lanes * ratio));
    this.#ratio = ratio;
    this.#lane = lane * ratio;
    this.#inset = inset * ratio;
    this.#head = 0;
    this.#context.fillStyle = palette.faint;
    for (let index = 0; index < lanes; index++) {
      this.#context.fillRect(0, Math.round(this.#middleOf(index)), this.#ring.width, ratio);
    }
    const past = this.#past.filter(({ samples }) => samples.length === lanes);
    this.#past = past;
    for (const column of past) this.#draw(column, palette);
  }

  /** Adds the newest column. */
  add(samples: readonly WorkerSample[], elapsedMs: number, palette: Palette): void {
    const way = (SPEED * this.#ratio * Math.min(elapsedMs, 250)) / 1000 + this.#rest;
    const width = Math.floor(way);
    this.#rest = way - width;
    if (width === 0) return;
    this.#awake = samples.map(({ busyMs }, index) => {
      const share = Math.min(1, busyMs / elapsedMs);
      const before = this.#awake[index] ?? share;
      return before + (share - before) * 0.15;
    });
    const column = { samples, awake: this.#awake, width };
    this.#past.push(column);
    if (this.#past.length > this.#ring.width / this.#ratio) this.#past.shift();
    this.#draw(column, palette);
  }

  /** Shows all of it. The context counts in device pixels. */
  paint(context: CanvasRenderingContext2D): void {
    const { width, height } = this.#ring;
    const older = width - this.#head;
    if (older > 0) context.drawImage(this.#ring, this.#head, 0, older, height, 0, 0, older, height);
    if (this.#head > 0) {
      context.drawImage(this.#ring, 0, 0, this.#head, height, older, 0, this.#head, height);
    }
  }

  #middleOf(index: number): number {
    return index * this.#lane + this.#inset + this.#room / 2;
  }

  /** The height of what a lane shows. */
  get #room(): number {
    return this.#lane - this.#inset;
  }

  #draw({ samples, awake, width }: Column, palette: Palette): void {
    if (this.#head + width > this.#ring.width) this.#head = 0;
    const context = this.#context;
    const left = this.#head;
    context.clearRect(left, 0, width, this.#ring.height);
    for (const [index, sample] of samples.entries()) {
      const middle = this.#middleOf(index);
      this.#drawBed(left, width, middle, awake[index] ?? 0, palette);
      this.#drawSleep(left, width, middle, sample, palette);
      this.#drawPolls(left, width, middle, sample, palette);
      if (sample.steals > 0) this.#drawSteals(left, middle, index, samples, palette);
    }
    this.#head = left + width;
  }

  /** The bed of the stream: as wide as the worker's share of the time awake. */
  #drawBed(left: number, width: number, middle: number, awake: number, palette: Palette): void {
    const half = Math.round(this.#room * 0.45 * awake);
    this.#context.fillStyle = palette.poll;
    this.#context.globalAlpha = 0.1;
    this.#context.fillRect(left, Math.round(middle) - half, width, half * 2);
    this.#context.globalAlpha = 1;
  }

  /** The line that a lane is while nothing happens, and a notch where its worker fell asleep. */
  #drawSleep(left: number, width: number, middle: number, sample: WorkerSample, palette: Palette) {
    const context = this.#context;
    const line = Math.max(1, Math.round(this.#ratio));
    context.fillStyle = palette.faint;
    context.fillRect(left, Math.round(middle), width, line);
    if (sample.parks === 0) return;
    const floor = Math.round(middle + this.#room * 0.46);
    const length = Math.min(4, 1 + Math.log2(1 + sample.parks)) * this.#ratio;
    context.fillStyle = palette.timer;
    context.globalAlpha = 0.55;
    context.fillRect(left, floor - length, line, length);
    context.globalAlpha = 1;
  }

  /** A stream of dots, the wider the more there are. */
  #drawPolls(left: number, width: number, middle: number, sample: WorkerSample, palette: Palette) {
    if (sample.polls === 0) return;
    const context = this.#context;
    const level = Math.min(1, Math.log1p(sample.polls) / Math.log1p(POLLS_FULL));
    const half = this.#room * 0.45 * level;
    const dots = 1 + Math.round(level * 16);
    context.fillStyle = palette.poll;
    for (let dot = 0; dot < dots; dot++) {
      const away = (Math.random() + Math.random() - 1) * half;
      const size = Math.round((1 + Math.random() * 1.3) * this.#ratio);
      context.globalAlpha = 1 - 0.7 * Math.abs(away / (half + 1));
      context.fillRect(left + Math.random() * width - size, middle + away, size, size);
    }
    context.globalAlpha = 1;
  }

  /** Metrics tell who has stolen, not from whom: most likely from the longest queue. */
  #drawSteals(
    left: number,
    middle: number,
    thief: number,
    samples: readonly WorkerSample[],
    palette: Palette,
  ): void {
    const context = this.#context;
    const victim = victimOf(samples, thief);
    const from = this.#middleOf(victim);
    const steals = samples[thief]?.steals ?? 0;
    const line = Math.max(1, Math.round(this.#ratio));
    context.fillStyle = palette.steal;
    context.globalAlpha = 0.22;
    context.fillRect(left, Math.min(from, middle), line, Math.abs(from - middle));
    context.globalAlpha = 1;
    const most = Math.min(5 * this.#ratio, this.#room * 0.06);
    const radius = Math.min(most, (1.6 + Math.log2(steals) * 0.5) * this.#ratio);
    context.beginPath();
    // Within the columns that are there already: what is to the right will be cleared.
    context.arc(left - radius, middle, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The worker, other than the thief, that has the longest queue. */
export function victimOf(samples: readonly WorkerSample[], thief: number): number {
  let victim = thief;
  let longest = -1;
  for (const [index, { depth, polls }] of samples.entries()) {
    if (index === thief || depth + polls / 1e6 <= longest) continue;
    victim = index;
    longest = depth + polls / 1e6;
  }
  return victim;
}
