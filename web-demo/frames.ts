/** What the page itself costs: frames drawn, script in each, and tasks that held the page up. */

/** What browsers themselves call a long task. */
let longTasks = 0;

if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
  new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  }).observe({ type: "longtask", buffered: true });
}

export class Frames {
  #count = 0;
  #scriptMs = 0;
  #since = performance.now();

  /** Counts a frame whose script took so long. */
  add(scriptMs: number): void {
    this.#count += 1;
    this.#scriptMs += scriptMs;
  }

  /** The figures since this was last called. */
  take() {
    const now = performance.now();
    const count = Math.max(1, this.#count);
    const figures = {
      perSecond: (this.#count * 1000) / (now - this.#since),
      scriptMs: this.#scriptMs / count,
      longTasks,
    };
    this.#count = 0;
    this.#scriptMs = 0;
    this.#since = now;
    return figures;
  }
}
