/** A task that does nothing on a web worker, with so many in flight and each result awaited. */
import { inPage } from "../harness/page.mjs";

const PAGE = "/bench/browser/portable-page.mjs";
const window = { seconds: 2 };
const quick = { seconds: 0.2 };

export default {
  about: "x => x + 1 on one of two web workers of Chromium and its result back, per call",
  cases: [
    {
      params: { inFlight: 1, ...window },
      quick,
      bars: [{ subject: "tokiwa", against: "comlink", metric: "p50_us" }],
    },
    {
      params: { inFlight: 100, ...window },
      quick,
      bars: [{ subject: "tokiwa", against: "comlink", metric: "ops_per_s", atLeast: 5 }],
    },
  ],
  subjects: {
    tokiwa: inPage(PAGE, "tokiwa"),
    comlink: inPage(PAGE, "comlink", ["npm"]),
  },
};
