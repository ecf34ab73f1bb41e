/** The colours of the theme, for what is drawn rather than styled. */

const NAMES = ["ink", "muted", "faint", "poll", "steal", "timer", "full", "card"] as const;

/** Each is the custom property of that name in the style sheet. */
export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

/** Reads them; again after each change of the theme. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Palette;
}
