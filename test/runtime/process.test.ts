/** How programs end that use tokiwa: run as processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

/** Starts a program given as its text. */
function start(text: string): ChildProcess {
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  return child;
}

/** Runs a program to its end. */
async function run(text: string) {
  const child = start(text);
  const output: string[] = [];
  child.stdout?.on("data", (chunk) => output.push(String(chunk)));
  child.stderr?.on("data", (chunk) => output.push(String(chunk)));
  const [code, signal] = await once(child, "close");
  return { code, signal, output: output.join("") };
}

async function saysReady(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (String(chunk).includes("ready")) return;
  }
}

const FAULTS = JSON.stringify(new URL("./fixtures/faults.mjs", import.meta.url).href);

describe("a process", () => {
  test("that only sleeps ends by itself", async () => {
    const ended = await run(
      `import { sleep } from "tokiwa"; await sleep(10); console.log("slept");`,
    );
    expect(ended).toEqual({ code: 0, signal: null, output: "slept\n" });
  });

  test("that has asked for a token's signal ends by itself", async () => {
    const ended = await run(`
      import { CancellationToken, sleep } from "tokiwa";
      const { signal } = new CancellationToken();
      const token = new CancellationToken();
      token.signal.onabort = () => console.log("aborted");
      await sleep(1);
      token.cancel();
      await sleep(10);
      console.log(signal.aborted);`);
    expect(ended).toEqual({ code: 0, signal: null, output: "aborted\nfalse\n" });
  });

  test("that has started workers ends by itself", async () => {
    const ended = await run(`
      import { spawn, spawnBlocking } from "tokiwa";
      import { echo } from ${FAULTS};
      console.log(await spawn(echo, 1), await spawnBlocking(echo, 2));`);
    expect(ended).toEqual({ code: 0, signal: null, output: "1 2\n" });
  });

  test("that forgets to shut a runtime down ends by itself", async () => {
    const ended = await run(`
      import { Runtime } from "tokiwa";
      import { echo } from ${FAULTS};
      const runtime = await Runtime.create({ workerThreads: 2 });
      console.log(await runtime.spawn(echo, 1));`);
    expect(ended).toEqual({ code: 0, signal: null, output: "1\n" });
  });

  test("waits for a detached task that sleeps", async () => {
    const ended = await run(`
      import { sleep, spawn } from "tokiwa";
      spawn(async () => { await sleep(20); console.log("done"); }).detach();`);
    expect(ended).toEqual({ code: 0, signal: null, output: "done\n" });
  });

  test("ends at once on process.exit while workers are parked", async () => {
    const ended = await run(`
      import { Runtime } from "tokiwa";
      import { echo } from ${FAULTS};
      const runtime = await Runtime.create({ workerThreads: 4 });
      await runtime.spawn(echo, 1);
      await runtime.spawnBlocking(echo, 1);
      const parked = () => [0, 1, 2, 3].every((i) => runtime.metrics.worker(i).parkUnparkCount % 2);
      while (!parked()) await new Promise((resolve) => setTimeout(resolve, 1));
      const begin = performance.now();
      process.on("exit", () => console.log("exits"));
      process.exit(7);`);
    expect(ended).toEqual({ code: 7, signal: null, output: "exits\n" });
  });

  test("ends at once on SIGINT while workers are parked", async () => {
    const child = start(`
      import { Runtime, sleep } from "tokiwa";
      import { echo } from ${FAULTS};
      const runtime = await Runtime.create({ workerThreads: 2 });
      await runtime.spawn(echo, 1);
      console.log("ready");
      await sleep(1e9);`);
    await saysReady(child);
    const closed = once(child, "close");
    child.kill("SIGINT");
    expect(await closed).toEqual([null, "SIGINT"]);
  });

  test("runs main to its end, whatever is still running", async () => {
    const ended = await run(`
      import { main, sleep, spawn } from "tokiwa";
      await main(async () => {
        spawn(async () => { try { await sleep(1e9); } finally { console.log("cleaned"); } });
        await sleep(5);
        console.log("main");
      }, { workerThreads: 1 });`);
    expect(ended).toEqual({ code: 0, signal: null, output: "main\ncleaned\n" });
  });

  test("does not listen to what modules on its workers post to their parent", async () => {
    const ended = await run(`
      import { Runtime } from "tokiwa";
      import { postToParent } from ${FAULTS};
      const runtime = await Runtime.create({ workerThreads: 1 });
      console.log(await runtime.spawn(postToParent), await runtime.spawn(postToParent));`);
    expect(ended).toEqual({ code: 0, signal: null, output: "posted posted\n" });
  });

  test("ends with code 1 if main fails", async () => {
    const ended = await run(`
      import { main } from "tokiwa";
      await main(async () => { throw new Error("no such ledger"); }, { workerThreads: 1 });`);
    expect(ended.code).toBe(1);
    expect(ended.output).toContain("no such ledger");
  });

  test("warns of a task that failed unseen, and goes on", async () => {
    const ended = await run(`
      import { sleep, spawn } from "tokiwa";
      spawn(async () => { throw new Error("nobody looks"); }, { name: "orphan" });
      await sleep(10);
      console.log("went on");`);
    expect(ended.code).toBe(0);
    expect(ended.output).toMatch(/task 1 "orphan" panicked: nobody looks/);
    expect(ended.output.match(/nobody looks/g)?.length).toBeLessThanOrEqual(2);
    expect(ended.output).toContain("went on");
  });

  test("warns with the stack of what the task threw", async () => {
    const ended = await run(`
      import { sleep, spawn } from "tokiwa";
      import { failUnheard } from ${FAULTS};
      let warnings = 0;
      process.on("warning", () => { warnings += 1; });
      function ledger() { throw new TypeError("of this thread"); }
      spawn(async () => ledger());
      await spawn(failUnheard, "of a worker");
      while (warnings < 2) await sleep(1);`);
    expect(ended.output).toMatch(/TypeError: of this thread\n +at ledger /);
    expect(ended.output).toMatch(/RangeError: of a worker\n +at .*faults\.mjs/);
  });

  test("has no worker left that keeps it alive after a shutdown", async () => {
    const ended = await run(`
      import { Runtime, sleep } from "tokiwa";
      import { echo } from ${FAULTS};
      const runtime = await Runtime.create({ workerThreads: 2 });
      await runtime.spawn(echo, 1);
      await runtime.shutdown();
      console.log(process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap").length);`);
    expect(ended).toEqual({ code: 0, signal: null, output: "0\n" });
  });
});
