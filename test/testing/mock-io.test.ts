import { spawn } from "tokiwa";
import { mockIo, testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";

const test = testWith(base);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array) => new TextDecoder().decode(found);

test("mockIo: reads get what they have room for, and peeks leave it", async () => {
  using stream = mockIo().read("abcdef").build();
  const buffer = new Uint8Array(4);
  expect(await stream.peek(buffer)).toBe(4);
  expect(await stream.read(buffer)).toBe(4);
  expect(text(buffer)).toBe("abcd");
  expect(text(await stream.readToEnd())).toBe("ef");
});

test("mockIo: a read waits for the write before it, a write does not wait for a read", async () => {
  using stream = mockIo().write("question").read("answer").write("thanks").build();
  const answer = spawn(async () => text(await stream.readToEnd()));
  await stream.writeAll(bytes("question"));
  await stream.writeAll(bytes("thanks"));
  expect(await answer).toBe("answer");
});

test("mockIo: writes may be cut differently from the script", async () => {
  using stream = mockIo().write("ab").write("cdef").build();
  await stream.writeAll(bytes("abcd"));
  await stream.writeAllVectored([bytes("e"), bytes("f")]);
  await stream.shutdown();
});

test("mockIo: a write that is not in the script fails, and names the mock", async () => {
  using stream = mockIo().name("peer").write("yes").build();
  await expect(stream.writeAll(bytes("no"))).rejects.toThrow(
    'Cannot write to peer: expected "yes", got "no"',
  );
  await stream.writeAll(bytes("yes"));
  await expect(stream.writeAll(bytes("more"))).rejects.toThrow(
    'Cannot write to peer: expected nothing, got "more"',
  );
});

test("mockIo: halves of a mock are its own", async () => {
  const stream = mockIo().read("in").write("out").build();
  const [reading, writing] = stream.intoSplit();
  await writing.writeAll(bytes("out"));
  expect(text(await reading.readToEnd())).toBe("in");
  reading[Symbol.dispose]();
  writing[Symbol.dispose]();
});

test("mockIo: whoever waits hears that the mock is closed", async () => {
  const { stream } = mockIo().buildWithHandle();
  const waiting = spawn(async () => stream.readToEnd());
  await spawn(async () => stream.close());
  await expect(waiting).rejects.toMatchObject({ cause: { name: "ClosedError" } });
});

test("mockIo: refuses what is neither bytes nor text, and what comes too late", () => {
  expect(() => mockIo().read(5 as never)).toThrow("expected bytes or text, got 5");
  expect(() => mockIo().wait(Number.NaN)).toThrow(RangeError);
  const { handle } = mockIo().buildWithHandle();
  handle[Symbol.dispose]();
  expect(() => handle.read("late")).toThrow("the script has ended");
});
