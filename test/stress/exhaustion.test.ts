/** What happens when something runs out: descriptors, a peer's patience, work. */
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { type Figures, observed } from "../support/observed.ts";
import {
  cpuMsOf,
  cpuShareOf,
  descriptorsOf,
  Program,
  residentBytesOf,
} from "../support/program.ts";
import { until, untilAsync } from "../support/waiting.ts";

const MB = 1e6;

/** Those of `clients` that are served, once no more of them are for a while. */
async function settled(clients: Client[], isServed: (client: Client) => boolean) {
  let [count, since] = [0, performance.now()];
  await until(() => {
    const now = clients.filter(isServed).length;
    if (now !== count) [count, since] = [now, performance.now()];
    return count > 0 && performance.now() - since > 200;
  });
  return clients.filter(isServed);
}

/**
 * Resolves once every worker that serves has loaded its code: without descriptors it could not. On
 * std one worker may serve alone, but the others have begun.
 */
async function loaded(server: Program, port: number, reactor: string): Promise<void> {
  await untilAsync(async () => {
    const clients = Array.from({ length: 8 }, () => Client.connect(port));
    for (const client of await Promise.all(clients)) {
      expect(await client.roundTrip("hello")).toBe("hello");
      client.drop();
    }
    const { parkCounts, pollCounts } = await server.ask<Figures>("figures");
    return (reactor === "linux" ? pollCounts : parkCounts).every((count) => count > 0);
  });
}

describe.each(["linux", "std"])("on the %s reactor", (reactor) => {
  const env = { TOKIWA_REACTOR: reactor, TOKIWA_WORKER_THREADS: "2" };

  test("a server that runs out of descriptors goes on, and accepts again later", async () => {
    // Two workers that begin at once open about sixty files of ours.
    const limit = 144;
    const server = observed("examples/echo-server.js", { env, descriptorLimit: limit });
    const port = await server.port();
    await loaded(server, port, reactor);
    const first = await Client.connect(port);
    expect(await first.roundTrip("first")).toBe("first");

    const clients = Array.from({ length: limit }, () => new Client(port));
    await until(() => clients.every((client) => client.isConnected || client.hasEnded));
    for (const client of clients) if (!client.hasEnded) client.send("late");
    await until(() => descriptorsOf(server.pid) >= limit - 2);
    // Those that are in go on, those that are not wait or are turned away.
    expect(await first.roundTrip("still first")).toBe("still first");
    const isServed = (client: Client) => client.received === "late";
    const served = await settled(clients, isServed);
    const cpuBefore = cpuMsOf(server.pid);
    const begin = performance.now();
    for (let round = 0; round < 20; round++) {
      for (const client of served.slice(0, 5)) {
        client.received = "";
        expect(await client.roundTrip("more")).toBe("more");
      }
    }
    const share = (cpuMsOf(server.pid) - cpuBefore) / (performance.now() - begin);
    expect(clients.every(isServed)).toBe(false);

    // Room again: whoever waited is served.
    const waiting = new Set(clients.filter((client) => !served.includes(client)));
    let [servedLater, turnedAway] = [0, 0];
    for (const client of served) client.drop();
    await until(() => {
      for (const client of waiting) {
        if (!isServed(client) && !client.hasEnded) continue;
        if (isServed(client)) servedLater += 1;
        else turnedAway += 1;
        client.drop();
        waiting.delete(client);
      }
      return waiting.size === 0;
    });
    await until(() => descriptorsOf(server.pid) < limit - 20);
    const later = await Client.connect(port);
    expect(await later.roundTrip("later")).toBe("later");
    expect(await first.roundTrip("first again")).toBe("first again");
    console.log(
      `${reactor}: ${served.length} served, ${servedLater} later, ` +
        `${turnedAway} turned away, ${(share * 100).toFixed(0)} % of a core meanwhile`,
    );
    if (reactor === "linux") expect(turnedAway).toBe(0);
    expect(server.errors).toBe("");
  });

  test("a peer that does not read makes the writer wait instead of growing memory", async () => {
    const chunks = 2048;
    const total = chunks * 64 * 1024;
    const file = "test/stress/fixtures/pressed-server.mjs";
    const server = observed(file, { env: { ...env, CHUNKS: `${chunks}` } });
    const port = await server.port();
    const before = residentBytesOf(server.pid);
    const client = await Client.connect(port);
    client.socket.removeAllListeners("data").pause();
    // Written as far as it goes: the writer waits, and nothing moves any more.
    let written = -1;
    let since = 0;
    const look = async () => (await server.ask<Figures>("figures")).bytesWritten;
    for (;;) {
      const now = await look();
      if (now !== written) [written, since] = [now, performance.now()];
      else if (performance.now() - since > 300) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(total / 4);
    const grown = residentBytesOf(server.pid) - before;
    expect(grown).toBeLessThan(48 * MB);
    // Once it reads, everything comes.
    let received = 0;
    client.socket.on("data", (text: string) => {
      received += text.length;
    });
    client.socket.resume();
    await until(() => client.hasEnded);
    expect(received).toBe(total);
    console.log(`${reactor}: ${(written / MB).toFixed(1)} of ${(total / MB).toFixed(0)} MB ahead`);
  });

  test("a runtime that has nothing to do uses no CPU", async () => {
    const program = new Program("test/stress/fixtures/idle-runtime.mjs", [], { env });
    await program.line(/^idle, 4 workers/);
    const share = await cpuShareOf(program.pid, 5000);
    console.log(`${reactor}: an idle runtime uses ${(share * 100).toFixed(2)} % of a core`);
    expect(share).toBeLessThan(0.01);
  });
});
