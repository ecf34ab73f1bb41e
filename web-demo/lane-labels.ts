/** The figures of each lane, as text beside it. */

import { count, rate } from "./figures.ts";
import type { Rates, WorkerSample } from "./sampler.ts";

/** With more lanes there is no room for a line for each figure. */
const DENSE_ABOVE = 3;

interface Row {
  readonly state: HTMLElement;
  readonly queue: HTMLElement;
  readonly figures: readonly HTMLElement[];
}

export class LaneLabels {
  readonly #list: HTMLElement;
  #rows: Row[] = [];

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Shows what the workers have done a second. */
  show(samples: readonly WorkerSample[], rates: ReturnType<Rates["take"]>): void {
    if (samples.length !== this.#rows.length) this.#rebuild(samples.length);
    for (const [index, { state, queue, figures }] of this.#rows.entries()) {
      const depth = samples[index]?.depth ?? 0;
      const { polls = 0, steals = 0, parks = 0, busy = 0 } = rates[index] ?? {};
      const percent = Math.round(busy * 100);
      write(state, percent === 0 ? "parked" : `${percent} % awake`);
      write(queue, depth === 0 ? "" : `${count(depth)} queued`);
      const texts = [`${rate(polls)} polls`, `${rate(steals)} stolen`, `${rate(parks)} parks`];
      for (const [at, figure] of figures.entries()) write(figure, texts[at] ?? "");
    }
  }

  #rebuild(lanes: number): void {
    const parent = this.#list.parentElement;
    parent?.style.setProperty("--lanes", String(lanes));
    parent?.classList.toggle("dense", lanes > DENSE_ABOVE);
    this.#rows = Array.from({ length: lanes }, () => {
      const figures = Array.from({ length: 3 }, () => element("span"));
      return { state: element("em"), queue: element("i"), figures };
    });
    const items = this.#rows.map(({ state, queue, figures }, index) => {
      const item = element("li");
      const name = element("b");
      name.textContent = `worker ${index}`;
      const line = element("span");
      const now = element("span");
      now.className = "now";
      now.append(state, queue);
      line.className = "line";
      line.append(...figures);
      item.append(name, now, line);
      return item;
    });
    this.#list.replaceChildren(...items);
  }
}

function element(name: string): HTMLElement {
  return document.createElement(name);
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
