/**
 * IP addresses as text: which it is, and the one way to write it.
 *
 * *Why not `node:net`*: it tells the two kinds apart, but `0:0::1` and `::1` stay different texts,
 * so addresses could not be compared.
 *
 * @module
 */

const GROUPS = 8;

/** An address in the form that RFC 5952 recommends, or undefined if `text` is none. */
export function canonicalIp(text: string): { address: string; family: 4 | 6 } | undefined {
  if (parseIpv4(text) !== undefined) return { address: text, family: 4 };
  const [ip = "", zone] = text.split("%", 2);
  const groups = parseIpv6(ip);
  if (groups === undefined || zone === "") return undefined;
  const suffix = zone === undefined ? "" : `%${zone}`;
  return { address: formatIpv6(groups) + suffix, family: 6 };
}

/** Four numbers of 0 to 255 without leading zeros, which some systems would read as octal. */
function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.map(Number);
}

/** The eight groups of an IPv6 address. */
function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half) => parseGroups(half));
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  if (back === undefined) return front.length === GROUPS ? front : undefined;
  const gap = GROUPS - front.length - back.length;
  return gap < 1 ? undefined : [...front, ...new Array<number>(gap).fill(0), ...back];
}

/** Groups between colons; the last may be written as an IPv4 address, which makes two. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const ipv4 = index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function formatIpv6(groups: readonly number[]): string {
  const mapped = groups.slice(0, 6).join() === "0,0,0,0,0,65535";
  if (mapped) return `::ffff:${formatMapped(groups[6] as number, groups[7] as number)}`;
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function formatMapped(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The first of the longest runs of zero groups: it is the one that is left out. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
