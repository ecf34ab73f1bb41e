/**
 * Host names at the edge, where only the platform looks them up, as it connects: until then a name
 * is an address that stands for it, out of a range that no host on the Internet has.
 *
 * @module
 */

const FIRST = "198.18";
/** As many as there are in the range. */
const NAMES_MAX = 65536;

const names = new Map<string, string>();
const standIns = new Map<string, string>();

/** The address that stands for `name`. */
export function standInFor(name: string): string {
  const known = standIns.get(name);
  if (known !== undefined) return known;
  const number = standIns.size % NAMES_MAX;
  const standIn = `${FIRST}.${number >> 8}.${number & 255}`;
  standIns.set(name, standIn);
  names.set(standIn, name);
  return standIn;
}

/** What the platform is to connect to. */
export function hostOf(address: string): string {
  const name = names.get(address);
  if (name !== undefined) return name;
  return address.includes(":") ? `[${address}]` : address;
}
