/**
 * What the messages of a channel are, so that they can leave their worker.
 *
 * @module
 */

import { checkWhole, unexpected } from "../error/check.ts";
import {
  type ARRAY_CLASSES,
  type ArrayName,
  buffer,
  bytes,
  codecNamed,
  NUMBER_CODECS,
  string,
  structured,
} from "./codecs.ts";
import { registerKinds } from "./kinds.ts";
import type { Codec } from "./message.ts";

/** More numbers of 8 bytes than there is room for in any block. */
const LENGTH_MAX = 2 ** 24;

/** Codecs of numbers, by the names of their fields. */
type FieldCodecs = Readonly<Record<string, Codec<number> | Codec<bigint> | Codec<boolean>>>;

/**
 * The kinds of messages that can leave their worker. A channel that has one of them may lead to
 * portable tasks, and all but `structured` to guests, which know them by the same names.
 *
 * @example
 * ```ts
 * const order = codec.struct({ id: codec.u32, price: codec.f64 });
 * const { sender, receiver } = mpsc.channel(16, order);
 * await sender.send({ id: 7, price: 1.5 });
 * console.log((await receiver.recv())?.price); // 1.5
 * ```
 */
export const codec = {
  ...NUMBER_CODECS,
  /** Text. */
  string,
  /** Bytes: what is sent may be a `Uint8Array`, what comes is an `ArrayBuffer`. */
  buffer,
  /**
   * Bytes: what is sent may be an `ArrayBuffer`, what comes is a `Uint8Array`. Small ones lie in a
   * buffer with others, as Node's do, which is faster: so transfer none, and `slice()` those that
   * are to be kept for long. Guests have none of these, but `buffer`.
   */
  bytes,
  /** Objects with these fields; to a guest, of a class with these and no others, in this order. */
  struct<F extends FieldCodecs>(fields: F): Codec<{ [K in keyof F]: F[K]["message"] }> {
    if (typeof fields !== "object" || fields === null) {
      throw unexpected("make codec", "an object of codecs", fields);
    }
    const list = Object.entries(fields).map(([key, field]) => `${key}: ${field?.name}`);
    return codecNamed(`{ ${list.join(", ")} }`) as Codec<{ [K in keyof F]: F[K]["message"] }>;
  },
  /**
   * Typed arrays of so many numbers. Guests have none of these.
   *
   * @throws {RangeError} If `length` is no whole number from 1 to 2 ** 24.
   */
  array<N extends ArrayName>(
    numbers: (typeof NUMBER_CODECS)[N],
    length: number,
  ): Codec<InstanceType<(typeof ARRAY_CLASSES)[N]>> {
    checkWhole("make codec", "length", length, 1, LENGTH_MAX);
    const codec = codecNamed(`${numbers?.name}[${length}]`);
    return codec as Codec<InstanceType<(typeof ARRAY_CLASSES)[N]>>;
  },
  /** Whatever may be an argument of a portable task, but for handles and sockets. */
  structured<T>(): Codec<T> {
    registerKinds();
    return structured as Codec<T>;
  },
} as const;
