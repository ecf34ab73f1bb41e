import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Example,
  examplesIn,
  namesOf,
  promisedBy,
  unkept,
  writeModule,
} from "../support/doc-examples.ts";
import { Program } from "../support/program.ts";
import { root, sourcesIn } from "../tidy/source.ts";

const MODULES = ["", "/time", "/net", "/task", "/runtime", "/future", "/error", "/test"];

/** What the examples that listen for ever, and so are run apart, have in common. */
const LISTENS = "127.0.0.1:8000";

const readme = { path: "README.md", text: readFileSync(join(root, "README.md"), "utf8") };
const examples = [...sourcesIn("src"), readme].flatMap(({ path, text }) => examplesIn(path, text));
const [servers, ending] = [true, false].map((listens) =>
  examples.filter(({ code }) => code.includes(LISTENS) === listens),
) as [Example[], Example[]];

/** How long an example may take, in milliseconds. */
const LIMIT = { timeout: 10_000 };

// Below the root, so that the examples find the package by its name.
mkdirSync(join(root, "build"), { recursive: true });
const folder = mkdtempSync(join(root, "build/examples-"));
const names = join(folder, "names.mjs");

beforeAll(async () => {
  writeFileSync(names, await namesOf(MODULES.map((module) => `tokiwa${module}`)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts an example in a process of its own. */
async function start(example: Example): Promise<Program> {
  const file = join(folder, `${example.at.replace(/[^\w]/g, "-")}.mjs`);
  await writeModule(example, file, names);
  return new Program(file, [], { env: { TOKIWA_WORKER_THREADS: "2" } });
}

/** A port that nobody listens on, for now. */
async function freePort(): Promise<number> {
  using listener = await TcpListener.bind("127.0.0.1:0");
  return listener.localAddr.port;
}

/** Connects to a program once it listens. */
async function connectTo(program: Program, port: number): Promise<TcpStream> {
  for (;;) {
    try {
      return await TcpStream.connect({ address: "127.0.0.1", port });
    } catch (reason) {
      if (program.end !== undefined) throw new Error(program.errors, { cause: reason });
      await sleep(10);
    }
  }
}

test.for(ending)(
  "the example at $at ends by itself and prints what it says",
  LIMIT,
  async (example) => {
    const program = await start(example);
    const end = await program.ended;
    expect(program.errors).toBe("");
    expect(end).toEqual({ code: 0, signal: null });
    expect(unkept(promisedBy(example), program.lines)).toEqual([]);
  },
);

test.for(servers)("the server at $at sends back what it gets", LIMIT, async ({ at, code }) => {
  const port = await freePort();
  const program = await start({ at, code: code.replace(LISTENS, `127.0.0.1:${port}`) });
  using stream = await connectTo(program, port);
  await stream.writeAll(new TextEncoder().encode("hello"));
  await stream.shutdown();
  expect(new TextDecoder().decode(await stream.readToEnd())).toBe("hello");
});

test("examples are found, and their promises are checked", () => {
  expect(ending.length).toBeGreaterThan(20);
  expect(servers).toHaveLength(1);
  const text = "/**\n * ```ts\n * f();\n *\n * console.log(1); // 1\n * ```\n */\n";
  const [example, ...others] = examplesIn("a.ts", `${text}\`\`\`sh\nls\n\`\`\`\n`);
  expect(example).toEqual({ at: "a.ts:2", code: "f();\n\nconsole.log(1); // 1\n" });
  expect(others).toEqual([]);
  expect(promisedBy({ at: "", code: "log(a(b)); // one\nf(); // two\n" })).toEqual(["one"]);
  expect(unkept(["1", "2"], ["0", "1", "x", "2"])).toEqual([]);
  expect(unkept(["1", "2"], ["2", "1"])).toEqual(["2"]);
});
