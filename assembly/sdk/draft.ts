/** Values that are being made, by functions that say whether they have come to one. */

/** Where such a function finds the value to change, if there is one, and leaves its own. */
@final
export class Draft<T> {
  private content!: T;
  private isWritten: bool = false;

  /** What has been written, or was there before. Traps if nothing was. */
  get value(): T {
    if (!this.isWritten) throw new Error("Cannot read draft: nothing was written to it yet");
    return this.content;
  }

  set value(value: T) {
    this.content = value;
    this.isWritten = true;
  }
}
