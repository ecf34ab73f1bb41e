/** A canvas whose pixels are those of the screen. */

export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels, in which all drawing is done. */
  width = 0;
  height = 0;
  /** Device pixels in a CSS pixel. */
  ratio = 1;
  #wanted: { width: number; height: number } | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d") as CanvasRenderingContext2D;
    new ResizeObserver(([entry]) => {
      if (entry !== undefined) this.#wanted = entry.contentRect;
    }).observe(canvas);
  }

  /** Clears it for a new frame. True if its size has changed, and all of it must be drawn anew. */
  begin(): boolean {
    const hasChanged = this.#resize();
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    return hasChanged;
  }

  #resize(): boolean {
    const ratio = Math.min(globalThis.devicePixelRatio, 3);
    if (this.#wanted === undefined && ratio === this.ratio) return false;
    const { width, height } = this.#wanted ?? this;
    this.#wanted = undefined;
    this.ratio = ratio;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    return true;
  }
}

/** The canvas with that id. */
export function surfaceOf(id: string): Surface {
  return new Surface(document.getElementById(id) as HTMLCanvasElement);
}
