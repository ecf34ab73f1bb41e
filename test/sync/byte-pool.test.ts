/** Arrays of bytes that come out of channels. */
import { codec, mpsc } from "tokiwa";
import { describe, expect, test } from "vitest";

const { sender, receiver } = mpsc.unboundedChannel(codec.bytes);

async function passed(bytes: Uint8Array): Promise<Uint8Array> {
  sender.send(bytes);
  return (await receiver.recv()) as Uint8Array;
}

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

describe("the bytes of a message", () => {
  test.each([0, 1, 7, 8, 1024, 4096, 4097, 100_000])("are as they were sent, all %i", async (n) => {
    const sent = Uint8Array.from({ length: n }, (_, at) => at);
    const came = await passed(sent);
    expect(came).toEqual(sent);
    expect(came.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("are nobody else's, though they lie beside those of others", async () => {
    const came: Uint8Array[] = [];
    for (let byte = 0; byte < 200; byte++) came.push(await passed(filled(1001, byte)));
    for (const [byte, bytes] of came.entries()) expect(bytes).toEqual(filled(1001, byte));
    expect(new Set(came.map(({ buffer }) => buffer)).size).toBeLessThan(10);
    for (const { byteOffset } of came) expect(byteOffset % 8).toBe(0);
  });

  test("come in another buffer once theirs was transferred", async () => {
    const { buffer } = await passed(filled(10, 1));
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    expect(await passed(filled(10, 2))).toEqual(filled(10, 2));
  });

  test("have a buffer of their own if there are many", async () => {
    const { buffer } = await passed(filled(100_000, 1));
    expect(buffer.byteLength).toBe(100_000);
  });
});
