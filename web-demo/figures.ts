/** Figures as people read them. */

const GROUPED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A whole number, in thousands once it is large: `9,870`, `12.3 k`. */
export function count(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} k`;
  return GROUPED.format(value);
}

/** The same a second. */
export function rate(value: number): string {
  return `${count(value)}/s`;
}

const places = new Map<string, Element | null>();

/** Shows a figure wherever the page has a place for it. */
export function show(name: string, text: string): void {
  if (!places.has(name)) places.set(name, document.querySelector(`[data-figure="${name}"]`));
  const place = places.get(name);
  if (place && place.textContent !== text) place.textContent = text;
}
