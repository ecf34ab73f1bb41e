import { readdirSync } from "node:fs";
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { buildFixture } from "../support/guests.ts";
import { freePort, untilServed } from "../support/port.ts";
import { Program, runProgram } from "../support/program.ts";
import { rejection, until } from "../support/waiting.ts";

interface Sockets {
  readonly introduce: GuestTask<[], string>;
  readonly introduceOverIpv6: GuestTask<[], string>;
  readonly echoMuch: GuestTask<[], string>;
  readonly endHalf: GuestTask<[], string>;
  readonly lookTwice: GuestTask<[], string>;
  readonly readAll: GuestTask<[], string>;
  readonly reset: GuestTask<[], string>;
  readonly resetWhileWriting: GuestTask<[], string>;
  readonly refuse: GuestTask<[], string>;
  readonly bindToText: GuestTask<[characters: number], void>;
  readonly connectTo: GuestTask<[address: string], string>;
  readonly choose: GuestTask<[], string>;
  readonly abortAll: GuestTask<[], string>;
  readonly abortBranches: GuestTask<[], string>;
  readonly abortConnects: GuestTask<[address: string], boolean>;
  readonly trap: GuestTask<[], void>;
  readonly useMoved: GuestTask<[], void>;
  readonly useTooLittle: GuestTask<[], void>;
  readonly acceptTogether: GuestTask<[connections: number], number>;
  readonly serveMany: GuestTask<[connections: number], number>;
  readonly serve: GuestTask<[address: string], void>;
}

/** How often each story is told, as workers meet in another order each time. */
const ROUNDS = 20;

let module: URL;
let runtime: Runtime;
let sockets: Sockets;

beforeAll(async () => {
  module = await buildFixture("sockets");
  runtime = await Runtime.create({ workerThreads: 2 });
  sockets = await runtime.load<Sockets>(module);
}, 120_000);

afterAll(() => runtime.shutdown());

/** What a story tells, many times over: each time the same. */
async function told<T>(story: GuestTask<[], T>): Promise<T[]> {
  const runs = Array.from({ length: ROUNDS }, () => runtime.spawn(story));
  return [...new Set(await Promise.all(runs))];
}

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

describe("a guest's TcpStream", () => {
  test("knows its addresses and options", async () => {
    expect(await told(sockets.introduce)).toEqual(["true false true true"]);
    expect(await told(sockets.introduceOverIpv6)).toEqual(["true true hello"]);
  });

  test("carries much, read by one task and written by another", async () => {
    const runs = Array.from({ length: 3 }, () => runtime.spawn(sockets.echoMuch));
    const bytes = 60 * 70_000;
    expect(new Set(await Promise.all(runs))).toEqual(new Set([`${bytes} ${bytes} ${bytes}`]));
  });

  test("ends one direction and leaves the other", async () => {
    expect(await told(sockets.endHalf)).toEqual(["4 true all 0 false"]);
  });

  test("shows bytes before they are read, and tells a short end from a whole", async () => {
    expect(await told(sockets.lookTwice)).toEqual(["2 3 false true 0"]);
  });

  test("is read to its end, however much comes", async () => {
    expect(await told(sockets.readAll)).toEqual([`true 30000 ${45 * 3000} 0`]);
  });

  test("tells a reset from an end", async () => {
    const [told1] = await told(sockets.reset);
    expect(told1).toBe("-1 ECONNRESET EPIPE");
    expect(await told(sockets.resetWhileWriting)).toEqual(["ECONNRESET"]);
  });

  test("is refused by who is not there, and a listener where one is", async () => {
    expect(await told(sockets.refuse)).toEqual(["EADDRINUSE ECONNREFUSED"]);
  });

  test("is a branch of a select, as its listener is", async () => {
    expect(await told(sockets.choose)).toEqual(["1 0 true 1 1 0 1"]);
  });

  test("takes addresses and no names", async () => {
    for (const address of ["localhost:80", "127.0.0.1", "127.0.0.1:65536", ""]) {
      const error = await rejection(runtime.spawn(sockets.connectTo, address));
      expect(String(error)).toContain(
        `Cannot use "${address}": not IP:port; names are looked up by the host`,
      );
    }
  });

  test("says in few words that a long text is no address", async () => {
    const error = await rejection(runtime.spawn(sockets.bindToText, 4_000_000));
    expect(String(error)).toContain("not IP:port; names are looked up by the host");
    expect(String(error).length).toBeLessThan(1000);
  });

  test("refuses a part that is not in the buffer, and a handle that has moved", async () => {
    const part = await rejection(runtime.spawn(sockets.useTooLittle));
    expect(String(part)).toContain("Cannot use buffer: start is out of range");
    const moved = await rejection(runtime.spawn(sockets.useMoved));
    expect(String(moved)).toContain("Cannot use handle");
  });
});

describe("a guest's TcpListener", () => {
  test("gives every connection to one of those who accept", async () => {
    expect(await runtime.spawn(sockets.acceptTogether, 300)).toBe(300);
  });

  test("serves a thousand connections at once", async () => {
    const connections = 1000;
    expect(await runtime.spawn(sockets.serveMany, connections)).toBe(connections * 5 * 32);
  });
});

describe("sockets of guests are closed", () => {
  test("as their tasks are aborted, wherever they wait", async () => {
    const before = descriptors();
    expect(await told(sockets.abortAll)).toEqual(["0 0 ECONNREFUSED"]);
    expect(await told(sockets.abortBranches)).toEqual(["0 ECONNREFUSED"]);
    await until(() => descriptors() <= before);
  });

  test("as their tasks are aborted before they are connected", async () => {
    const [, address = ""] = await new Program("test/guest/fixtures/full.mjs").line(
      /^full at (.*)/,
    );
    const before = descriptors();
    expect(await runtime.spawn(sockets.abortConnects, address)).toBe(true);
    await until(() => descriptors() <= before);
  });

  test("as their tasks trap", async () => {
    const before = descriptors();
    for (let round = 0; round < ROUNDS; round++) await rejection(runtime.spawn(sockets.trap));
    await until(() => descriptors() <= before);
  });

  test("as the runtime ends, whatever its tasks do", async () => {
    const before = descriptors();
    const brief = await Runtime.create({ workerThreads: 2 });
    const { serve } = await brief.load<Sockets>(module);
    const port = await freePort();
    const serving = rejection(brief.spawn(serve, `127.0.0.1:${port}`));
    await untilServed(port);
    const clients = await Promise.all(Array.from({ length: 20 }, () => Client.connect(port)));
    for (const client of clients) expect(await client.roundTrip("here")).toBe("here");
    await brief.shutdown();
    await serving;
    await until(() => clients.every((client) => client.hasEnded));
    await until(() => descriptors() <= before);
  });
});

test("a guest that runs out of descriptors is told so, and its listener lives on", async () => {
  const { lines, errors } = await runProgram("test/guest/fixtures/run-out.mjs", [module.href], {
    descriptorLimit: 80,
  });
  expect(errors).toBe("");
  expect(lines).toEqual(["EMFILE EMFILE 3 late"]);
});

test("a guest is told where there are no sockets for it", async () => {
  const program = "test/guest/fixtures/no-sockets.mjs";
  const why = "Cannot open socket: it takes Linux, koffi, shared memory, and io enabled";
  const std = await runProgram(program, [module.href], { env: { TOKIWA_REACTOR: "std" } });
  expect(std.lines).toEqual([expect.stringContaining(why)]);
  const without = await runProgram(program, [module.href, "without-io"]);
  expect(without.lines).toEqual([expect.stringContaining(why)]);
});

test("workers serve their own sockets and those of guests", async () => {
  const port = await freePort();
  const program = new Program("test/guest/fixtures/mixed.mjs", [module.href, `${port}`]);
  const ports = [port, await program.port()];
  await untilServed(port);
  const clients = await Promise.all(
    Array.from({ length: 40 }, (_, index) => Client.connect(ports[index % 2] as number)),
  );
  for (let round = 0; round < 50; round++) {
    const answers = await Promise.all(clients.map((client) => client.roundTrip(`round ${round}`)));
    expect(new Set(answers)).toEqual(new Set([`round ${round}`]));
  }
  program.kill("SIGINT");
  await program.ended;
  expect(program.errors).toBe("");
});

test("one thread that has other things to do serves guests' sockets, too", async () => {
  const alone = await Runtime.create({ flavor: "currentThread" });
  const { serve, introduce } = await alone.load<Sockets>(module);
  const port = await freePort();
  const serving = rejection(alone.spawn(serve, `127.0.0.1:${port}`));
  await untilServed(port);
  const client = await Client.connect(port);
  for (let round = 0; round < 100; round++) expect(await client.roundTrip("here")).toBe("here");
  expect(await alone.spawn(introduce)).toBe("true false true true");
  await alone.shutdown();
  await serving;
});
