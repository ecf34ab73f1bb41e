/** tokio-test's `io.rs`. A mock's script is checked as the mock is closed. */

import { Instant, spawn } from "tokiwa";
import type { TcpStream } from "tokiwa/net";
import { assertElapsed, mockIo, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);
const PAUSED = { startPaused: true };
const bytes = (text: string) => new TextEncoder().encode(text);

/** What the next read gets. */
async function read(stream: TcpStream): Promise<string> {
  const buffer = new Uint8Array(256);
  return new TextDecoder().decode(buffer.subarray(0, await stream.read(buffer)));
}

describe("io", () => {
  test("read", async () => {
    using stream = mockIo().read("hello ").read("world!").build();
    expect([await read(stream), await read(stream)]).toEqual(["hello ", "world!"]);
  });

  test("read_error", async () => {
    const error = new Error("cruel");
    using stream = mockIo().read("hello ").readError(error).read("world!").build();
    expect(await read(stream)).toBe("hello ");
    await expect(read(stream)).rejects.toBe(error);
    expect(await read(stream)).toBe("world!");
  });

  test("write", async () => {
    using stream = mockIo().write("hello ").write("world!").build();
    await stream.writeAll(bytes("hello "));
    await stream.writeAll(bytes("world!"));
  });

  test("write_with_handle", async () => {
    const { stream, handle } = mockIo().buildWithHandle();
    handle.write("hello ").write("world!");
    await stream.writeAll(bytes("hello "));
    await stream.writeAll(bytes("world!"));
    stream.close();
  });

  test("read_with_handle", async () => {
    const { stream, handle } = mockIo().buildWithHandle();
    const reading = spawn(async () => [await read(stream), await read(stream)]);
    handle.read("hello ").read("world!");
    expect(await reading).toEqual(["hello ", "world!"]);
    handle[Symbol.dispose]();
    expect(await read(stream)).toBe("");
    stream.close();
  });

  test("write_error", async () => {
    const error = new Error("cruel");
    using stream = mockIo().write("hello ").writeError(error).write("world!").build();
    await stream.writeAll(bytes("hello "));
    await expect(stream.writeAll(bytes("whoa"))).rejects.toBe(error);
    await stream.writeAll(bytes("world!"));
  });

  test("mock_panics_read_data_left", () => {
    const stream = mockIo().read("read").build();
    expect(() => stream.close()).toThrow('there is still a read to come: "read"');
  });

  test("mock_panics_write_data_left", () => {
    const stream = mockIo().write("write").build();
    expect(() => stream.close()).toThrow('there is still a write to come: "write"');
  });

  test("wait", PAUSED, async () => {
    const start = Instant.now();
    using stream = mockIo().read("first").wait(1000).read("second").build();
    expect(await read(stream)).toBe("first");
    assertElapsed(start, 0);
    expect(await read(stream)).toBe("second");
    assertElapsed(start, 1000);
  });

  test("multiple_wait", PAUSED, async () => {
    const start = Instant.now();
    using stream = mockIo().read("first").wait(1000).wait(500).read("second").build();
    expect([await read(stream), await read(stream)]).toEqual(["first", "second"]);
    assertElapsed(start, 1500);
  });
});
