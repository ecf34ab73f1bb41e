/** Tasks that do nothing but let the others run. */
import { timed } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const measured = (body) => ({
  // One call of `body` is `tasks` tasks with so many yields each; `timed` counts the yields.
  run: ({ tasks, yields }) =>
    timed(tasks * yields, (n) => body({ tasks, yields: Math.ceil(n / tasks) })),
});

const onTokiwa = (start) => ({
  async run(params) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() => measured((count) => start(tokiwa, count)).run(params));
  },
});

const generators = onTokiwa(async ({ spawn, yieldNow }, { tasks, yields }) => {
  const handles = Array.from({ length: tasks }, () =>
    spawn(function* () {
      for (let i = 0; i < yields; i++) yield* yieldNow();
    }),
  );
  for (const handle of handles) await handle;
});

const asyncFunctions = onTokiwa(async ({ spawn, yieldNow }, { tasks, yields }) => {
  const handles = Array.from({ length: tasks }, () =>
    spawn(async () => {
      for (let i = 0; i < yields; i++) await yieldNow();
    }),
  );
  for (const handle of handles) await handle;
});

const immediates = measured(({ tasks, yields }) =>
  Promise.all(
    Array.from({ length: tasks }, async () => {
      for (let i = 0; i < yields; i++) await new Promise((resolve) => setImmediate(resolve));
    }),
  ),
);

const effect = {
  needs: ["npm"],
  async run(params) {
    const { yieldMany } = await import("../peers/js/effect.mjs");
    return measured(yieldMany).run(params);
  },
};

const options = ({ tasks, yields }) => ["--tasks", tasks, "--yields", yields];
const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });

export default {
  about: "one yield of one of the tasks",
  cases: [
    {
      params: { tasks: 1_000, yields: 1_000 },
      quick: { yields: 50 },
      bars: [
        speed("tokiwa-generators", "setImmediate", 2),
        speed("tokiwa-async", "setImmediate"),
        speed("tokiwa-generators", "effect"),
        speed("tokiwa-generators", "tokio-ct"),
      ],
    },
  ],
  subjects: {
    "tokiwa-generators": generators,
    "tokiwa-async": asyncFunctions,
    setImmediate: immediates,
    effect,
    "tokio-ct": peer("tokio", "yield", (p) => [...options(p), "--rt", "ct"]),
    "tokio-mt": peer("tokio", "yield", (p) => [...options(p), "--workers", 2]),
    go: peer("go", "yield", (p) => [...options(p), "--procs", 1]),
  },
};
