import { beforeEach, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { Program } from "../support/program.ts";
import { until } from "../support/waiting.ts";

const HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nHello";
const HEAD_MAX = 16 * 1024;

describe.each(["linux", "std"])("http-hello on the %s reactor", (reactor) => {
  let program: Program;
  let port: number;
  beforeEach(async () => {
    program = new Program("examples/http-hello.js", [], { env: { TOKIWA_REACTOR: reactor } });
    port = await program.port();
  });

  test("answers an HTTP client", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.text()).toBe("Hello");
  });

  test("answers head after head on one connection", async () => {
    const client = await Client.connect(port);
    for (let round = 0; round < 3; round++) {
      client.send(HEAD);
      expect(await client.take(ANSWER.length)).toBe(ANSWER);
    }
    await client.finish();
    expect(client.received).toBe("");
  });

  test("answers heads that come all at once, each once", async () => {
    const client = await Client.connect(port);
    client.send(HEAD.repeat(500) + HEAD.slice(0, 10));
    expect(await client.take(ANSWER.length * 500)).toBe(ANSWER.repeat(500));
    client.send(HEAD.slice(10));
    expect(await client.take(ANSWER.length)).toBe(ANSWER);
    await client.finish();
    expect(client.received).toBe("");
  });

  test("puts together a head that comes in pieces", async () => {
    const client = await Client.connect(port);
    for (const byte of HEAD) {
      expect(client.received).toBe("");
      await new Promise((resolve) => client.socket.write(byte, resolve));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await client.take(ANSWER.length)).toBe(ANSWER);
    // Lines may end without a carriage return as well.
    client.send("GET / HTTP/1.1\n\n");
    expect(await client.take(ANSWER.length)).toBe(ANSWER);
  });

  test("takes a line that just fits", async () => {
    const client = await Client.connect(port);
    client.send(`GET /${"x".repeat(HEAD_MAX - 7)}\r\n\r\n`);
    expect(await client.take(ANSWER.length)).toBe(ANSWER);
  });

  test("hangs up on a line that is too long, and serves the others", async () => {
    const other = await Client.connect(port);
    const client = await Client.connect(port);
    client.send(`GET /${"x".repeat(2 * HEAD_MAX)}`);
    await until(() => client.hasEnded);
    expect(client.received).toBe("");
    await until(() => program.errors.includes(`Cannot read head: over ${HEAD_MAX} bytes`));
    other.send(HEAD);
    expect(await other.take(ANSWER.length)).toBe(ANSWER);
    const later = await Client.connect(port);
    later.send(HEAD);
    expect(await later.take(ANSWER.length)).toBe(ANSWER);
  });
});
