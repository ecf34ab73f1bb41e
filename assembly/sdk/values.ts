/**
 * How values cross from one task to another, or to the host: always as copies.
 *
 * A number travels in the 8 bytes that every task has. All else is bytes in a block of the heap: a
 * string, an `ArrayBuffer`, an array of numbers, or an object whose fields are numbers. Arguments
 * stand in their block one behind the other: numbers in 8 bytes each; bytes behind their length, up
 * to the next multiple of 8. The build tool refuses what is none of these.
 *
 * The host's half is `src/task/guest-values.ts`.
 */
import * as core from "./tokiwa";

/** A number, or a handle, as the 8 bytes that a task has. */
export function toBits<T>(number: T): u64 {
  if (isReference<T>()) return <u64>changetype<usize>(number); // A handle.
  if (isInteger<T>()) return <u64>number;
  return sizeof<T>() == 4 ? <u64>reinterpret<u32>(<f32>number) : reinterpret<u64>(<f64>number);
}

export function fromBits<T>(bits: u64): T {
  if (isReference<T>()) return changetype<T>(<usize>bits);
  if (isInteger<T>()) return <T>bits;
  if (sizeof<T>() == 4) return <T>reinterpret<f32>(<u32>bits);
  return <T>reinterpret<f64>(bits);
}

/** Makes a value the running task's. */
export function give<T>(value: T): void {
  if (isInteger<T>() || isFloat<T>()) {
    core.guestComplete(toBits<T>(value));
    return;
  }
  if (!isManaged<T>()) {
    const handle = changetype<usize>(value);
    if (isNullable<T>() && handle == 0) core.guestComplete(0);
    else core.guestGiveHandle(handle);
    return;
  }
  const size = sizeOf<T>(value);
  const block = take(size);
  memory.copy(block, dataOf<T>(value), size);
  core.guestGiveBlock(block, size);
}

/** The value of a child that has returned, as this task's own. */
export function outputOf<T>(child: usize): T {
  if (isInteger<T>() || isFloat<T>()) return fromBits<T>(core.guestOutput(child));
  if (!isManaged<T>()) return changetype<T>(core.guestTakeHandle(child));
  return copyOf<T>(core.guestOutputBlock(child), core.guestOutputSize(child));
}

/** A block with one argument. */
export function pack<T>(argument: T): usize {
  const block = take(room<T>(argument));
  put<T>(block, argument);
  return block;
}

export function pack2<A, B>(a: A, b: B): usize {
  const block = take(room<A>(a) + room<B>(b));
  put<B>(put<A>(block, a), b);
  return block;
}

export function pack3<A, B, C>(a: A, b: B, c: C): usize {
  const block = take(room<A>(a) + room<B>(b) + room<C>(c));
  put<C>(put<B>(put<A>(block, a), b), c);
  return block;
}

/** How many bytes an argument takes in a block. */
export function room<T>(argument: T): u32 {
  return isManaged<T>() ? 8 + ((sizeOf<T>(argument) + 7) & ~7) : 8;
}

/** Writes an argument at an address; returns where the next one goes. */
export function put<T>(at: usize, argument: T): usize {
  if (!isManaged<T>()) {
    store<u64>(at, toBits<T>(argument));
    return at + 8;
  }
  const size = sizeOf<T>(argument);
  store<u32>(at, size);
  memory.copy(at + 8, dataOf<T>(argument), size);
  return at + 8 + ((size + 7) & ~7);
}

/** The argument that stands at an address, as this task's own. */
export function unpack<T>(at: usize): T {
  if (!isManaged<T>()) return fromBits<T>(load<u64>(at));
  return copyOf<T>(at + 8, load<u32>(at));
}

/** Where the argument behind the one at an address stands. */
export function following<T>(at: usize): usize {
  if (!isManaged<T>()) return at + 8;
  return at + 8 + ((load<u32>(at) + 7) & ~7);
}

/** A message for a channel: a number, or a block with the value. The build tool refuses handles. */
export function messageOf<T>(value: T): u64 {
  return isManaged<T>() ? <u64>pack<T>(value) : toBits<T>(value);
}

/** The value of a message, as this task's own. */
export function contentOf<T>(message: u64): T {
  if (!isManaged<T>()) return fromBits<T>(message);
  if (message == 0) throw new Error("Cannot read value: no message has come");
  return unpack<T>(<usize>message);
}

/** Frees what a message has that nobody takes. */
export function discard<T>(message: u64): void {
  if (isManaged<T>()) core.guestHeapRelease(<usize>message);
}

/** What stands before an object: the compiler's header. */
const HEADER: usize = 16;

/** How many bytes a value needs to be placed in a block. The build tool sees that it can be. */
export function sizeAt<T>(): u32 {
  return isReference<T>() ? <u32>HEADER + offsetof<T>() : sizeof<T>();
}

/** Makes a number, or an object whose fields are numbers, the value of a block. */
export function place<T>(value: T, block: usize): void {
  if (!isReference<T>()) store<T>(block, value);
  else memory.copy(block, changetype<usize>(value) - HEADER, sizeAt<T>());
}

/** The value of a block: an object is the one in there, and not a copy. */
export function placed<T>(block: usize): T {
  if (!isReference<T>()) return load<T>(block);
  return changetype<T>(block + HEADER);
}

/** A block of so many bytes. */
export function take(bytes: u32): usize {
  const block = core.guestHeapAllocate(bytes);
  if (block == 0) throw new Error("Cannot copy a value for another task: the memory is full");
  return block;
}

/** How many bytes an object's data has. For these types the build tool sees that they can cross. */
export function sizeOf<T>(object: T): u32 {
  if (isString<T>()) return changetype<string>(object).length << 1;
  if (idof<T>() == idof<ArrayBuffer>()) return changetype<ArrayBuffer>(object).byteLength;
  if (isArrayLike<T>()) return object.length * sizeof<valueof<T>>();
  return offsetof<T>();
}

function dataOf<T>(object: T): usize {
  if (!isArrayLike<T>() || isString<T>()) return changetype<usize>(object);
  // The library's arrays begin as its views do.
  return load<usize>(changetype<usize>(object), offsetof<ArrayBufferView>("dataStart"));
}

function copyOf<T>(data: usize, size: u32): T {
  if (isArrayLike<T>() && !isString<T>()) {
    if (size % sizeof<valueof<T>>() != 0) {
      throw new RangeError("Cannot read value: its bytes are no whole number of elements");
    }
    const array = instantiate<T>(<i32>(size / sizeof<valueof<T>>()));
    memory.copy(dataOf<T>(array), data, size);
    return array;
  }
  const object = __new(size, idof<T>());
  memory.copy(object, data, size);
  return changetype<T>(object);
}
