/**
 * Values that go in at one end and come out at the other.
 *
 * @module
 */

/** So many slots an empty one has: a guess. */
const SLOTS_MIN = 16;
/** An empty one with more slots than this gives them back: a guess. */
const SLOTS_KEPT = 4096;

/** A ring that grows: to put in and to take out costs the same however many there are. */
export class Deque<T> {
  length = 0;
  /** As many as a power of two, undefined where there is no value. */
  #slots: (T | undefined)[] = slots(SLOTS_MIN);
  #first = 0;

  push(value: T): void {
    if (this.length === this.#slots.length) this.#grow();
    const { length } = this.#slots;
    this.#slots[(this.#first + this.length) & (length - 1)] = value;
    this.length += 1;
  }

  /** Takes the oldest value out, which is there. */
  shift(): T {
    const slot = this.#first;
    const value = this.#slots[slot] as T;
    this.#slots[slot] = undefined;
    this.#first = (slot + 1) & (this.#slots.length - 1);
    this.length -= 1;
    if (this.length === 0 && this.#slots.length > SLOTS_KEPT) this.clear();
    return value;
  }

  clear(): void {
    this.length = 0;
    this.#first = 0;
    this.#slots = slots(SLOTS_MIN);
  }

  #grow(): void {
    const [old, first] = [this.#slots, this.#first];
    this.#slots = [...old.slice(first), ...old.slice(0, first), ...slots<T>(old.length)];
    this.#first = 0;
  }
}

function slots<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
