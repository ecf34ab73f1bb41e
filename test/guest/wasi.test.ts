import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { GuestTask } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import { Runtime } from "tokiwa/runtime";
import { expect, onTestFinished, test } from "vitest";
import { Folder } from "../support/folder.ts";
import { Program } from "../support/program.ts";

/** As in a browser whose page did not ask for shared memory. */
const WITHOUT_SHARED_MEMORY = "data:text/javascript,delete globalThis.SharedArrayBuffer";
/** All of a line, or a piece of it if another task has written in between. */
const HALVED = /^\[[a-h]\]?$|^\]$/;
const LINE = /^<(\d+)\|(\d+)\|ö{100}\|(\d+)\.5>$/;
const [BADF, FAULT, INVAL, NOSYS, SPIPE] = [8, 21, 28, 52, 70];
/** Declares functions of WASI by hand, and returns what they answer. */
const DECLARED = `
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clockTime(clock: u32, precision: u64, at: usize): u32;
@external("wasi_snapshot_preview1", "clock_res_get")
declare function clockResolution(clock: u32, at: usize): u32;
@external("wasi_snapshot_preview1", "fd_write")
declare function write(fd: u32, list: usize, count: u32, written: usize): u32;
@external("wasi_snapshot_preview1", "fd_read")
declare function read(fd: u32, list: usize, count: u32, read: usize): u32;
@external("wasi_snapshot_preview1", "fd_fdstat_get")
declare function describe(fd: u32, at: usize): u32;
@external("wasi_snapshot_preview1", "fd_seek")
declare function seek(fd: u32, offset: i64, whence: u32, at: usize): u32;
@external("wasi_snapshot_preview1", "fd_close")
declare function close(fd: u32): u32;
@external("wasi_snapshot_preview1", "path_open")
declare function open(
  fd: u32, flags: u32, path: usize, size: u32, how: u32, base: u64, more: u64, f: u32, to: usize,
): u32;
@external("wasi_snapshot_preview1", "sched_yield")
declare function schedYield(): u32;
@external("wasi_snapshot_preview1", "random_get")
declare function fill(at: usize, bytes: u32): u32;

export function answers(): string {
  const at = changetype<usize>(new ArrayBuffer(64));
  const list: i64[] = [clockTime(0, 0, at)];
  list.push(load<u64>(at) > 1700000000000000000 ? 1 : 0);
  list.push(clockTime(1, 0, at));
  list.push(load<u64>(at) > 0 ? 1 : 0);
  list.push(clockTime(7, 0, at));
  list.push(clockResolution(0, at));
  list.push(load<u64>(at));
  list.push(describe(1, at));
  list.push(load<u8>(at));
  list.push(read(0, at, 0, at + 8));
  list.push(load<u32>(at, 8));
  list.push(seek(1, 0, 0, at));
  list.push(close(2));
  list.push(close(3));
  list.push(open(3, 0, at, 0, 0, 0, 0, 0, at));
  list.push(schedYield());
  list.push(write(5, at, 1, at));
  list.push(clockTime(0, 0, <usize>0xfffffff0));
  list.push(fill(<usize>0xfffffff0, 64));
  return list.join(" ");
}
`;

async function build(source: string, wasi: boolean): Promise<URL> {
  const folder = await Folder.create();
  const entry = await folder.write("wasi.ts", source);
  const outFile = folder.at("wasi.wasm");
  await buildGuest({ entry, outFile, wasi });
  return pathToFileURL(outFile);
}

async function run(flags: string[]): Promise<Program> {
  const source = await readFile(new URL("./fixtures/wasi.ts", import.meta.url), "utf8");
  const { href } = await build(source, true);
  const program = new Program("test/guest/fixtures/wasi.mjs", [href, "16", "100"], {
    flags,
    env: { TOKIWA_COLOR: "wörm=1" },
  });
  expect(await program.ended, program.errors).toMatchObject({ code: 0 });
  return program;
}

test.each([
  ["four workers", []],
  ["the one thread without shared memory", ["--import", WITHOUT_SHARED_MEMORY]],
])("the shim works on %s, and lines stay whole", { timeout: 60_000 }, async (_, flags) => {
  const program = await run(flags);
  const printed = program.lines.flatMap((line) => LINE.exec(line)?.slice(1).join() ?? []);
  const wanted = Array.from({ length: 1600 }, (_, index) => {
    const task = index % 16;
    return `${task},${Math.floor(index / 16)},${task}`;
  });
  expect(printed.sort()).toEqual(wanted.sort());
  const halved = program.lines.filter((line) => HALVED.test(line)).join("");
  expect([...halved].sort().join("")).toBe("[[[[[[[[]]]]]]]]abcdefgh");
  const rest = program.lines.filter((line) => !LINE.test(line) && !HALVED.test(line));
  // What a worker prints may come after what another thread printed later.
  const fromWorkers = ["Warning: careful", "no end"];
  expect(rest.filter((line) => fromWorkers.includes(line))).toEqual(fromWorkers);
  expect(rest.filter((line) => !fromWorkers.includes(line))).toEqual([
    "wrong: ",
    expect.stringMatching(/^file:.*wasi.wasm 16 100 wörm=1 wasm$/),
    "alike: 0",
    "panic: The guest called process.exit(3)",
    expect.stringMatching(/^panic: gave up at wasi.ts:\d+:\d+$/),
  ]);
  expect(program.errors).toBe("Assertion failed: seen\ntrace: numbers 1.5 2.0\nwörse\n");
});

test("declared functions work without the shim; others answer ENOSYS", {
  timeout: 60_000,
}, async () => {
  const url = await build(DECLARED, false);
  const runtime = await Runtime.create({ workerThreads: 4 });
  onTestFinished(() => runtime.shutdown());
  const guest = await runtime.load<{ readonly answers: GuestTask<[], string> }>(url);
  const clocks = `0 1 0 1 ${INVAL} 0 1000000`;
  const streams = `0 2 0 0 ${SPIPE} 0 ${BADF}`;
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => runtime.spawn(guest.answers)),
  );
  expect(new Set(answers)).toEqual(
    new Set([`${clocks} ${streams} ${NOSYS} 0 ${BADF} ${FAULT} ${FAULT}`]),
  );
});

test("what the shim would keep for all tasks is refused", { timeout: 60_000 }, async () => {
  const timers = build(`export function run(): void { console.time("a"); }`, true);
  await expect(timers).rejects.toThrow(/Global object "timers" of ~lib\/wasi_console would be/);
  const code = build(`export function run(): void { process.exitCode = 3; }`, true);
  await expect(code).rejects.toThrow(/wasi.ts:1:\d+: Property 'exitCode' does not exist/);
});
