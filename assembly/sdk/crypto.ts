/** Takes the place of the library's `crypto`, for which the host would have to make an array. */
import { randomize } from "./env";

export namespace crypto {
  export function getRandomValues(array: Uint8Array): void {
    randomize(array.dataStart, array.length);
  }
}
