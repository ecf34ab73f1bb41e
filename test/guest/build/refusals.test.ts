import { access } from "node:fs/promises";
import { buildGuest, GuestBuildError } from "tokiwa/build";
import { describe, expect, test } from "vitest";
import { Folder } from "../../support/folder.ts";

/** What the tool has to say of a source, each with its line and column. */
async function findingsOf(source: string): Promise<string[]> {
  const folder = await Folder.create();
  const entry = await folder.write("guest.ts", source);
  const outFile = folder.at("guest.wasm");
  const error = await buildGuest({ entry, outFile, debug: true }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(GuestBuildError);
  await expect(access(outFile)).rejects.toThrow();
  return (error as GuestBuildError).findings.map(({ file, line, column, message }) =>
    file === undefined ? message : `${file === entry ? "" : file}${line}:${column}: ${message}`,
  );
}

describe("a guest is refused", { timeout: 60_000 }, () => {
  test("for a syntax error, with its place", async () => {
    const [first] = await findingsOf("export function run(: void {}");
    expect(first).toBe("1:20: Identifier expected.");
  });

  test("for variables that each worker would have of its own", async () => {
    const findings = await findingsOf(
      `let counter = 0;
namespace inner { export let hidden = "a"; }
class Job { static total: i32 = 0; static readonly limit: i32 = 5; }
const LIMIT = 7;
export function run(): void { counter++; Job.total += Job.limit + LIMIT; inner.hidden = "b"; }`,
    );
    expect(findings).toEqual([
      expect.stringMatching(/^1:5: Global variable "counter" would be another one on every worker/),
      expect.stringMatching(/^2:30: Global variable "hidden" .* make it a const, or a local/),
      expect.stringMatching(/^3:20: Global variable "total"/),
    ]);
  });

  test("for objects that all tasks would share", async () => {
    const findings = await findingsOf(
      `const cache = new Map<string, i32>();
const list: i32[] = [1, 2];
const table: StaticArray<i32> = [1, 2];
const text = "x";
export function run(): i32 { cache.set(text, list[0]); return table[0]; }`,
    );
    expect(findings).toEqual([
      expect.stringMatching(/^1:7: Global object "cache" .* make it in the task that uses it/),
      expect.stringMatching(/^2:7: Global object "list"/),
    ]);
  });

  test("for objects that a library would keep for all tasks", async () => {
    const findings = await findingsOf(
      `export function run(): bool { return Symbol.for("a") == Symbol.for("b"); }`,
    );
    expect(findings).toContainEqual(
      expect.stringMatching(/^Global object "stringToId" of ~lib\/symbol would be shared by all/),
    );
  });

  test("for tasks whose types TypeScript cannot give or take", async () => {
    const findings = await findingsOf(
      `class Job { a: i32 = 0; }
export function small(a: u8): void {}
export function object(job: Job): f32 { return 1; }
export function maybe(text: string | null): void {}
export function many(a: i32, b: i32, c: i32, d: i32, e: i32): void {}
export function list(texts: string[]): void {}`,
    );
    const AND = "cannot cross between TypeScript and a guest; use bool, i32";
    expect(findings).toEqual([
      expect.stringMatching(`^2:23: Parameter "a" of task "small" is of type u8, which ${AND}`),
      expect.stringMatching(`^3:24: Parameter "job" of task "object" is of type Job, which ${AND}`),
      expect.stringMatching(`^3:17: The value of task "object" is of type f32, which ${AND}`),
      expect.stringContaining('4:23: Parameter "text" of task "maybe" is of type String | null'),
      expect.stringMatching(/^5:17: Task "many" has 5 parameters, and 4 are the most; pass/),
      expect.stringContaining(
        '6:22: Parameter "texts" of task "list" is of type Array<String>, wh',
      ),
    ]);
  });

  test("for names of tasks that the module needs itself", async () => {
    const source = "export function table(): i32 { return 1; }\nfunction own(): void {}\n";
    const findings = await findingsOf(`${source}export { own as asyncify_get_state };`);
    expect(findings).toEqual([
      expect.stringMatching(/^1:17: Task "table" has the name of an export that every guest has/),
      expect.stringMatching(/^2:10: Task "asyncify_get_state" has the name of an export that/),
    ]);
  });

  test("for what would be a task in TypeScript", async () => {
    expect(await findingsOf("export default function run(): void {}")).toEqual([
      "1:1: Tasks are spawned by their names; export the function without default",
    ]);
    expect(await findingsOf("export async function run(): Promise<void> {}")).toContainEqual(
      expect.stringMatching(/ Guests wait with plain calls: leave out async and await\.$/),
    );
  });

  test("for what locks cannot guard", async () => {
    const findings = await findingsOf(
      `import { Mutex, RwLock } from "tokiwa/assembly";
class Entry { size: i32 = 0; text: string = ""; }
export function run(): void {
  new Mutex<string>("a");
  new Mutex(new Entry()).lock();
  new RwLock<i32[]>([1]);
}`,
    );
    expect(findings.sort()).toEqual([
      expect.stringMatching(/^4:3: A lock cannot guard a value of type String; it can guard num/),
      expect.stringMatching(/^5:3: A lock cannot guard a value of type Entry;/),
      expect.stringMatching(/^6:3: A lock cannot guard a value of type Array<i32>;/),
    ]);
  });

  test("for handles where they cannot go", async () => {
    const findings = await findingsOf(
      `import { JoinHandle, mpsc, Mutex, oneshot, spawn } from "tokiwa/assembly";
function answer(channel: oneshot.Channel<i32>): void { channel.sender.send(1); }
function wait(task: JoinHandle<void>): void { task.join(); }
export function run(): void {
  const task = spawn(answer, oneshot.channel<i32>());
  spawn(wait, task);
  const locks = mpsc.channel<Mutex<i32>>(1);
  locks.sender.send(new Mutex<i32>(1));
}`,
    );
    expect(findings.sort()).toEqual([
      "5:16: A value of type Channel<i32> cannot be moved to another task; give it the sender or " +
        "the receiver",
      expect.stringMatching(/^6:3: A value of type JoinHandle<void> cannot be moved to .*AbortHa/),
      expect.stringMatching(/^8:3: A handle of type Mutex<i32> cannot be sent; give it to/),
    ]);
  });

  test("for what is no buffer", async () => {
    const findings = await findingsOf(
      `import { TcpStream } from "tokiwa/assembly";
export function run(): void {
  const stream = TcpStream.connect("127.0.0.1:1")!;
  stream.writeAll("text");
  stream.read(new Array<u8>(10));
}`,
    );
    expect(findings.sort()).toEqual([
      expect.stringMatching(/^4:3: A value of type String is no buffer; a Uint8Array, an Array/),
      expect.stringMatching(/^5:3: A value of type Array<u8> is no buffer;/),
    ]);
  });

  test("for what AssemblyScript does not have, with a way out", async () => {
    const findings = async (body: string) => (await findingsOf(body)).at(-1);
    expect(await findings('import { sleep } from "tokiwa"; export function run(): void {}')).toBe(
      "1:23: File '~lib/tokiwa.ts' not found. Guests import from \"tokiwa/assembly\".",
    );
    expect(await findings("export function run(): void { try {} catch (e) {} }")).toMatch(
      /^1:31: Not implemented: Exceptions What is thrown ends the task; /,
    );
    expect(
      await findings(
        "export function run(a: i32): i32 { const add = (b: i32): i32 => a + b; return add(1); }",
      ),
    ).toMatch(/Not implemented: Closures Functions know of their arguments alone: spawn2/);
    expect(await findings("export const run = (a: i32): i32 => a;")).toMatch(
      /^1:14: Tasks are exported functions, and "run" is a constant; write "export function run"/,
    );
  });

  test("for calls of functions whose types TypeScript cannot take or give", async () => {
    const findings = await findingsOf(
      `declare function small(a: u8): void;
declare function list(): i32[];
declare function many(a: i32, b: i32, c: i32, d: i32, e: i32): void;
export function run(): void { list(); }`,
    );
    expect(findings).toEqual([
      expect.stringMatching(/^1:24: Parameter "a" of function "small" is of type u8, which cannot/),
      expect.stringMatching(/^2:18: The value of function "list" is of type Array<i32>, which/),
      expect.stringMatching(/^3:18: Function "many" has 5 parameters, and 4 are the most; pass/),
    ]);
  });

  test("for assignments that would call a function twice", async () => {
    const findings = await findingsOf(
      `import { Mutex } from "tokiwa/assembly";
class Place { at: i32 = 0; }
export function run(): i32 {
  const lock = new Mutex<i32>(1);
  const counts = [1, 2];
  lock.lock().value += 1;
  (lock.lock().value) += 1;
  --lock.lock().value;
  counts[lock.lock().value] *= 2;
  new Place().at++;
  lock.lock().value = 2;
  counts[i32(1.5)] += counts.indexOf(2);
  counts["b".charCodeAt(0) - "a".charCodeAt(0)]++;
  return counts[counts.indexOf(1)];
}`,
    );
    const refusal = (place: string, call: string) =>
      `${place}: The assignment would do "${call}" twice, to read and to write; keep its value, ` +
      "be it a guard, in a variable first";
    expect(findings).toEqual([
      refusal("6:3", "lock.lock()"),
      refusal("7:4", "lock.lock()"),
      refusal("8:5", "lock.lock()"),
      refusal("9:10", "lock.lock()"),
      refusal("10:3", "new Place()"),
    ]);
  });

  test("for tasks of another file", async () => {
    const [first] = await findingsOf(
      `export { Map } from "util/uri";\nexport function run(): void {}`,
    );
    expect(first).toMatch(/^1:1: Tasks are functions of this file; import the other file's, and/);
  });

  test("for values that would lead from one task into another's memory", async () => {
    const findings = await findingsOf(
      `import { spawn } from "tokiwa/assembly";
class Job { id: i32 = 0; name: string = ""; }
class Size { width: f64 = 0; }
function work(job: Job): Size { return new Size(); }
function maybe(size: Size | null): void {}
function look(map: Map<string, i32>): f64[] { return [1.5]; }
export function run(): void {
  spawn(work, new Job()).join();
  spawn(look, new Map<string, i32>()).join();
  spawn(maybe, new Size());
}`,
    );
    expect(findings.sort()).toEqual([
      expect.stringMatching(/^10:3: A value of type Size \| null cannot cross to another task/),
      expect.stringMatching(/^2:26: Job cannot cross to another task, as its field "name" is no/),
      expect.stringMatching(/^9:3: A value of type Map<String,i32> cannot cross to another task/),
    ]);
  });

  test("for functions of the host that are not there", async () => {
    const findings = await findingsOf(
      `@external("wasi_unstable", "fd_write")
declare function write(fd: u32, texts: usize, count: u32, written: usize): u32;
@external("env", "beep") declare function beep(): void;
export function run(): u32 { console.time("a"); beep(); return write(1, 0, 0, 0); }`,
    );
    expect(findings.sort()).toEqual([
      expect.stringMatching(
        /^Function "beep" of "env" is not there for guests; declare it without/,
      ),
      expect.stringMatching(/^Function "console.time" of "env" .*; take the difference of two/),
      expect.stringMatching(
        /^Function "fd_write" of "wasi_\w+" .*; there is wasi_snapshot_preview1/,
      ),
    ]);
  });

  test("for more static data than there is room for", async () => {
    const findings = await findingsOf(
      `export function run(): usize { return memory.data(2000000); }`,
    );
    expect(findings).toEqual([
      expect.stringMatching(
        /^Static data has 2\d{6} bytes, and \d+ are left from its slot on; use/,
      ),
    ]);
  });
});
