/**
 * Modules of guests that no build makes.
 *
 * @module
 */

/** One that imports a function `nobody.missing`, and has this manifest, or none. */
export function guestModule(manifest?: object): Buffer {
  const names = Buffer.from("\x06nobody\x07missing\0\0");
  const section = Buffer.from(`\x06tokiwa${JSON.stringify(manifest)}`);
  return Buffer.concat([
    Buffer.from("\0asm\x01\0\0\0"),
    Buffer.from([1, 4, 1, 0x60, 0, 0]), // One type of function.
    Buffer.from([2, names.length + 1, 1]), // One import.
    names,
    ...(manifest === undefined ? [] : [Buffer.from([0, section.length]), section]),
  ]);
}
