/**
 * A fixed amount of dependent integer work, the same in every subject. All of it stays in int32:
 * a number beyond would make the cost depend on how the engine compiles the caller.
 */
export function burn(iterations) {
  let x = 123456789;
  for (let i = 0; i < iterations; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}
