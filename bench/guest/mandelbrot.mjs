/** The demo's picture, on one worker and on two, in Node and in a page. */
import { inPage } from "../harness/page.mjs";
import { guestFile } from "../peers/build.mjs";
import { frames } from "./mandelbrot-frames.mjs";

const NEEDS = ["guest/mandelbrot"];

const onNode = (workers) => ({
  needs: NEEDS,
  run: (params) => frames(guestFile("mandelbrot"), { ...params, workers }),
});

const inChromium = (workers) =>
  inPage("/bench/guest/mandelbrot-frames.mjs", workers === 1 ? "one" : "two", NEEDS);

const twice = (subject, against) => ({ subject, against, metric: "ops_per_s", atLeast: 1.8 });

export default {
  about: "a frame of 480 × 320 pixels, a task for each of its 96 tiles",
  cases: [
    {
      params: { frames: 20 },
      quick: { frames: 2 },
      bars: [twice("node", "node-1"), twice("chromium", "chromium-1")],
    },
  ],
  subjects: {
    node: onNode(2),
    "node-1": onNode(1),
    chromium: inChromium(2),
    "chromium-1": inChromium(1),
  },
};
