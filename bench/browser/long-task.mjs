/** Is a page's main thread held up by tasks that run on workers? Out of Chromium's own trace. */
import { inTracedPage } from "../harness/page.mjs";

export default {
  about: "async tasks on two web workers, started at once and joined; tasks of the page's thread",
  cases: [
    {
      params: { tasks: 10_000 },
      quick: { tasks: 1000 },
      bars: [
        { subject: "tokiwa", metric: "extra.long_tasks", atMost: 0, note: "of 50 ms or more" },
        { subject: "tokiwa", metric: "extra.longest_ms" },
      ],
    },
  ],
  subjects: { tokiwa: inTracedPage("/bench/browser/long-task-page.mjs", "tokiwa") },
};
