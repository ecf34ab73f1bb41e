/**
 * A binary heap of what has a deadline, in which each entry knows its place.
 *
 * @module
 */

/** What can stand in a heap. */
export interface Planned {
  /** When it is due, in milliseconds. To be changed by {@linkcode DeadlineHeap.move} alone. */
  dueMs: number;
  /** Of two that are due at once, the lower comes first. */
  order: number;
  /** Its place; -1 outside of the heap. Owned by the heap. */
  place: number;
}

export class DeadlineHeap<E extends Planned> {
  readonly #entries: E[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** What is due first. */
  get first(): E | undefined {
    return this.#entries[0];
  }

  /** Does it stand here? Asked of whatever may be an entry. */
  has(entry: object): entry is E {
    const place = (entry as Partial<E> | undefined)?.place ?? -1;
    return place >= 0 && this.#entries[place] === entry;
  }

  add(entry: E): void {
    entry.place = this.#entries.push(entry) - 1;
    this.#rise(entry);
  }

  remove(entry: E): void {
    const { place } = entry;
    const last = this.#entries.pop() as E;
    entry.place = -1;
    if (last === entry) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Gives an entry another deadline. */
  move(entry: E, dueMs: number): void {
    entry.dueMs = dueMs;
    this.#rise(entry);
    this.#sink(entry);
  }

  clear(): void {
    for (const entry of this.#entries.splice(0)) entry.place = -1;
  }

  #rise(entry: E): void {
    while (entry.place > 0) {
      const parent = this.#entries[(entry.place - 1) >> 1] as E;
      if (!isBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: E): void {
    for (;;) {
      const left = this.#entries[entry.place * 2 + 1];
      const right = this.#entries[entry.place * 2 + 2];
      if (left === undefined) return;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, entry)) return;
      this.#swap(child, entry);
    }
  }

  #swap(one: E, other: E): void {
    const { place } = one;
    this.#put(one, other.place);
    this.#put(other, place);
  }

  #put(entry: E, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.dueMs === other.dueMs ? one.order < other.order : one.dueMs < other.dueMs;
}
