/**
 * Numbers as the machine has them: what messages between workers and guests are made of.
 *
 * @module
 */

/** How a kind of number is written down. */
export interface NumberType<T> {
  /** Bytes. */
  readonly size: number;
  /** What errors ask for. */
  readonly wanted: string;
  is(value: unknown): value is T;
  read(view: DataView, at: number): T;
  write(view: DataView, at: number, value: T): void;
}

type Integer = "Int8" | "Uint8" | "Int16" | "Uint16" | "Int32" | "Uint32";

function integer(name: Integer): NumberType<number> {
  const bits = Number(/\d+/.exec(name));
  const [from, to] = name.startsWith("U")
    ? [0, 2 ** bits - 1]
    : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return {
    size: bits / 8,
    wanted: `a whole number from ${from} to ${to}`,
    is: (value): value is number =>
      typeof value === "number" && Number.isInteger(value) && value >= from && value <= to,
    read: (view, at) => view[`get${name}`](at, true),
    write: (view, at, value) => view[`set${name}`](at, value, true),
  };
}

function float(name: "Float32" | "Float64", size: number): NumberType<number> {
  return {
    size,
    wanted: "a number",
    is: (value): value is number => typeof value === "number",
    read: (view, at) => view[`get${name}`](at, true),
    write: (view, at, value) => view[`set${name}`](at, value, true),
  };
}

function long(
  name: "BigInt64" | "BigUint64",
  cut: (bits: number, value: bigint) => bigint,
): NumberType<bigint> {
  return {
    size: 8,
    wanted: `a bigint of 64 bits${name === "BigUint64" ? ", not negative" : ""}`,
    is: (value): value is bigint => typeof value === "bigint" && value === cut(64, value),
    read: (view, at) => view[`get${name}`](at, true),
    write: (view, at, value) => view[`set${name}`](at, value, true),
  };
}

const bool: NumberType<boolean> = {
  size: 1,
  wanted: "a boolean",
  is: (value): value is boolean => typeof value === "boolean",
  read: (view, at) => view.getUint8(at) !== 0,
  write: (view, at, value) => view.setUint8(at, value ? 1 : 0),
};

/** By the names that AssemblyScript has for them. */
export const NUMBERS = {
  bool,
  i8: integer("Int8"),
  u8: integer("Uint8"),
  i16: integer("Int16"),
  u16: integer("Uint16"),
  i32: integer("Int32"),
  u32: integer("Uint32"),
  i64: long("BigInt64", BigInt.asIntN),
  u64: long("BigUint64", BigInt.asUintN),
  f32: float("Float32", 4),
  f64: float("Float64", 8),
} as const;

export type NumberName = keyof typeof NUMBERS;
