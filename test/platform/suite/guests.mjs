import { equal, failure, within } from "./expect.mjs";

export const guests = {
  cases: {
    "Wasm tasks run, wait and give their values": async ({ tokiwa, guest }) => {
      await within(tokiwa, {}, async (runtime) => {
        const { count, greet, reversed } = await runtime.load(guest);
        const counts = Array.from({ length: 20 }, (_, turns) => runtime.spawn(count, turns));
        equal(
          (await Promise.all(counts)).map(Number),
          counts.map((_, turns) => (turns * (turns - 1)) / 2),
        );
        equal(await runtime.spawn(greet, "world"), "hello, world");
        const bytes = await runtime.spawn(reversed, Uint8Array.of(1, 2, 3));
        equal([...new Uint8Array(bytes)], [3, 2, 1]);
      });
    },
  },
  without: {
    "guests are refused": async ({ tokiwa: { Runtime } }) => {
      const runtime = await Runtime.create({ flavor: "currentThread" });
      const error = await failure(runtime.load(Uint8Array.of(0)));
      equal(error.name, "UnsupportedError");
      await runtime.shutdown();
    },
  },
};
