/**
 * Starts a web worker from the file that this is in, for a program that is one file.
 *
 * @module
 */

import type { WebWorker } from "../platform.ts";

/** The same in the thread: it then joins a runtime instead of offering one. */
export function startWorker(name: string): WebWorker {
  const { href, origin } = new URL(import.meta.url);
  const isForeign = origin !== globalThis.origin;
  const script = isForeign ? importing(href) : href;
  const worker = new Worker(script, { type: "module", name });
  if (isForeign) URL.revokeObjectURL(script);
  return worker;
}

/** Workers start from the page's own origin only, but may import from others. */
function importing(href: string): string {
  const code = `import ${JSON.stringify(href)};`;
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}
