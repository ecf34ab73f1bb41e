/**
 * Which slots of a worker's timer wheel have timers.
 *
 * @module
 */

import {
  LEVEL_OCCUPIED,
  LEVEL_SIZE,
  WHEEL_ELAPSED,
  WHEEL_LEVEL_FIRST,
} from "../../assembly/shared/layout.ts";
import { WHEEL_LEVELS, WHEEL_SLOTS } from "../../assembly/shared/limits.ts";
import type { Thread } from "../core/thread.ts";
import { checkWhole } from "../error/check.ts";

/**
 * The timer wheel of one worker, as it is now. A slot of level 0 is a millisecond wide, and one of
 * each further level 64 times as wide as one of the level before: a timer moves down the levels as
 * its time comes nearer.
 *
 * @example
 * ```ts
 * const { timerWheel } = Handle.current().metrics.worker(0);
 * for (let slot = 0; slot < timerWheel.slots; slot++) {
 *   if (timerWheel.isOccupied(1, slot)) console.log("due within four seconds:", slot);
 * }
 * ```
 */
export class TimerWheelMetrics {
  /** How many levels there are. */
  readonly levels = WHEEL_LEVELS;
  /** How many slots each level has. */
  readonly slots = WHEEL_SLOTS;
  readonly #thread: Thread;
  readonly #wheel: number;

  /** For `WorkerMetrics`. */
  constructor(thread: Thread, wheel: number) {
    this.#thread = thread;
    this.#wheel = wheel;
  }

  /** The time at which the worker last turned it, in milliseconds of the runtime's clock. */
  get elapsedMs(): number {
    return this.#word(WHEEL_ELAPSED) + this.#word(WHEEL_ELAPSED + 4) * 2 ** 32;
  }

  /**
   * The width of a slot in milliseconds.
   *
   * @throws {RangeError} If there is no such level.
   */
  slotMs(level: number): number {
    checkWhole("read timer wheel", "level", level, 0, WHEEL_LEVELS - 1);
    return WHEEL_SLOTS ** level;
  }

  /**
   * Whether there are timers in a slot.
   *
   * @throws {RangeError} If there is no such level or slot.
   */
  isOccupied(level: number, slot: number): boolean {
    checkWhole("read timer wheel", "level", level, 0, WHEEL_LEVELS - 1);
    checkWhole("read timer wheel", "slot", slot, 0, WHEEL_SLOTS - 1);
    const bits = WHEEL_LEVEL_FIRST + level * LEVEL_SIZE + LEVEL_OCCUPIED;
    const half = this.#word(bits + (slot < 32 ? 0 : 4));
    return ((half >>> (slot & 31)) & 1) === 1;
  }

  #word(offset: number): number {
    return this.#thread.u32[(this.#wheel + offset) >> 2] as number;
  }
}
