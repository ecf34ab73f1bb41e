import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.mjs";
import { traceMainThread } from "../support/main-thread.mjs";
import { untilAsync } from "../support/waiting.ts";
import { serveDemo } from "./serve.ts";

/** Where the screenshots go, which people look at. */
const SHOTS = "build/screenshots";
const DESKTOP = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };

const browser = await launchChromium();
afterAll(() => browser.close());
const server = await serveDemo();
afterAll(() => server.close());

async function open(hash = "", options: Parameters<typeof browser.newPage>[0] = {}) {
  const page = await browser.newPage({ viewport: DESKTOP, ...options });
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  await page.goto(server.address + hash);
  await untilAsync(async () => (await figure(page, "alive")) > 0);
  return { page, problems, [Symbol.asyncDispose]: () => page.close() };
}

/** A figure as a number; 0 until it is there. */
async function figure(page: Page, name: string): Promise<number> {
  const text = (await page.textContent(`[data-figure="${name}"]`)) ?? "";
  const [, digits = "0", unit] = /([\d.,]+)( [kM])?/.exec(text) ?? [];
  const factor = unit === " M" ? 1e6 : unit === " k" ? 1e3 : 1;
  return Number(digits.replaceAll(",", "")) * factor;
}

const until = (page: Page, name: string, isRight: (value: number) => boolean) =>
  untilAsync(async () => isRight(await figure(page, name)));

const laneCount = (page: Page) => page.locator("#lane-labels li").count();

describe("the demo", () => {
  test("shows figures that move", async () => {
    await using opened = await open("#workers=2&tasks=1000&imbalance=100&drain=200");
    const { page, problems } = opened;
    for (const name of ["polls", "steals", "pending", "sent", "received", "fps", "frames"]) {
      await until(page, name, (value) => value > 0);
    }
    await until(page, "alive", (value) => value > 900);
    expect(await laneCount(page)).toBe(2);
    expect(problems).toEqual([]);
  });

  test("draws everything at the screen's own resolution, and goes on drawing", async () => {
    await using opened = await open("", { deviceScaleFactor: 2 });
    const { page } = opened;
    for (const id of ["lanes", "wheel", "channels"]) {
      const look = () =>
        page.evaluate((id) => {
          const canvas = document.getElementById(id) as unknown as Canvas;
          const text = canvas.toDataURL();
          return { wide: canvas.width / canvas.getBoundingClientRect().width, text };
        }, id);
      const before = await look();
      expect(before.wide).toBeCloseTo(2, 1);
      await untilAsync(async () => (await look()).text !== before.text);
    }
  });

  test("works with a single worker, and with all", async () => {
    await using opened = await open("#workers=3&tasks=100");
    const { page, problems } = opened;
    expect(await laneCount(page)).toBe(3);
    await page.locator("input[value=one]").check();
    await untilAsync(async () => (await laneCount(page)) === 1);
    await until(page, "fps", (value) => value > 0);
    await page.locator("input[value=all]").check();
    await untilAsync(async () => (await laneCount(page)) === 3);
    await untilAsync(async () => /all : single = [\d.]+ ×/.test(await textOf(page, "compare")));
    expect(problems).toEqual([]);
  });

  test("pushes back once nobody empties the last channel", async () => {
    await using opened = await open("#tasks=0&drain=0");
    const { page } = opened;
    await untilAsync(async () => (await textOf(page, "pressure")) === "full: the producer waits");
    await until(page, "sent", (value) => value === 0);
    await page.locator("input[name=drain]").fill("200");
    await until(page, "received", (value) => value > 0);
  });

  test("can be worked with the keyboard alone, and says where one is", async () => {
    await using opened = await open("#workers=2&tasks=100&imbalance=50&drain=100&mode=all");
    const { page } = opened;
    const reached: string[] = [];
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(nameOfFocus));
      expect(await page.evaluate(hasVisibleFocus), reached.at(-1)).toBe(true);
      const key = KEYS[reached.at(-1) ?? ""];
      if (key !== undefined) await page.keyboard.press(key);
    }
    const sliders = ["workers", "tasks", "imbalance", "drain"];
    expect(reached).toEqual(["skip", "pause", "share", "theme", ...sliders, "mode"]);
    await untilAsync(async () => (await laneCount(page)) === 1);
    const { hash } = new URL(page.url());
    expect(hash).toBe("#workers=3&tasks=200&imbalance=55&drain=90&mode=one&theme=light");
    expect(await page.textContent("#pause")).toBe("Go on");
  });

  test("is the same again behind its link", async () => {
    const hash = "#workers=1&tasks=200&imbalance=20&drain=50&mode=one&theme=dark";
    await using opened = await open(hash);
    const { page } = opened;
    const values = () =>
      page
        .locator("#controls input[type=range]")
        .evaluateAll((all) => (all as unknown as Input[]).map(({ value }) => value));
    expect(await values()).toEqual(["1", "3", "20", "50"]);
    expect(await page.locator("input[value=one]").isChecked()).toBe(true);
    expect(await page.getAttribute("html", "data-theme")).toBe("dark");
    await page.evaluate(() => {
      location.hash = "#workers=2&tasks=10&imbalance=0&drain=0&mode=all&theme=light";
    });
    await untilAsync(async () => (await laneCount(page)) === 2);
    expect(await values()).toEqual(["2", "1", "0", "0"]);
    expect(await page.getAttribute("html", "data-theme")).toBe("light");
  });

  test("never holds the page up while 10,000 tasks run", async () => {
    await using opened = await open("#tasks=10000&imbalance=80");
    const { page } = opened;
    await until(page, "alive", (value) => value > 9000);
    const watch = () => page.waitForTimeout(3000);
    const { count, longestCpuMs } = await traceMainThread(browser, page, watch);
    expect(count).toBeGreaterThan(0);
    expect(longestCpuMs).toBeLessThan(50);
    expect(await figure(page, "script")).toBeLessThan(8);
  });

  test("moves nothing for those who want no motion", async () => {
    await using opened = await open("", { reducedMotion: "reduce" });
    const { page } = opened;
    const picture = () =>
      page.evaluate(() => (document.getElementById("mandelbrot") as unknown as Canvas).toDataURL());
    await until(page, "fps", (value) => value > 0);
    const before = await picture();
    await page.waitForTimeout(500);
    expect(await picture()).toBe(before);
  });
});

describe("the demo without the two headers", () => {
  test("names them, and runs on the page's thread", async () => {
    const apart = await serveDemo("--not-isolated");
    await using page = await browser.newPage();
    await page.goto(apart.address);
    await until(page, "alive", (value) => value > 0);
    const notice = await page.textContent("#notice");
    expect(notice).toContain("Cross-Origin-Opener-Policy: same-origin");
    expect(notice).toContain("Cross-Origin-Embedder-Policy: require-corp");
    await until(page, "fps", (value) => value > 0);
    await until(page, "received", (value) => value > 0);
    expect(await page.locator("input[name=workers]").isDisabled()).toBe(true);
    apart.close();
  });
});

test("screenshots of both layouts, light and dark", async () => {
  await mkdir(SHOTS, { recursive: true });
  for (const [layout, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const colorScheme of ["light", "dark"] as const) {
      const options = { viewport, colorScheme, deviceScaleFactor: 2 };
      await using opened = await open("#tasks=2000&drain=90", options);
      const { page } = opened;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBe(viewport.width);
      await page.waitForTimeout(4000);
      await page.screenshot({ path: `${SHOTS}/${layout}-${colorScheme}.png`, fullPage: true });
    }
  }
});

/** What is pressed where, once it has the focus. */
const KEYS: Record<string, string> = {
  pause: "Enter",
  theme: "Enter",
  workers: "ArrowRight",
  tasks: "ArrowRight",
  imbalance: "ArrowRight",
  drain: "ArrowLeft",
  mode: "ArrowLeft",
};

const textOf = async (page: Page, name: string) =>
  (await page.textContent(`[data-figure="${name}"]`)) ?? "";

/** What these tests use of elements, as they run in the page. */
interface Element {
  readonly id: string;
  readonly name?: string;
  readonly className: string;
  readonly nextElementSibling: Element | null;
}
interface Input extends Element {
  readonly value: string;
}
interface Canvas extends Element {
  readonly width: number;
  toDataURL(): string;
  getBoundingClientRect(): { width: number };
}
declare const document: {
  readonly activeElement: Element;
  readonly documentElement: { readonly scrollWidth: number };
  getElementById(id: string): Element;
};
declare const location: { hash: string };
declare function getComputedStyle(element: Element): { outlineStyle: string; outlineWidth: string };

function nameOfFocus(): string {
  const { id, name, className } = document.activeElement;
  return id || name || className;
}

/** The switch shows its focus on what stands beside the hidden button. */
function hasVisibleFocus(): boolean {
  const { activeElement } = document;
  return [activeElement, activeElement.nextElementSibling].some((element) => {
    if (element === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  });
}
