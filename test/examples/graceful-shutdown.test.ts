import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { type Figures, observed } from "../support/observed.ts";
import { until, untilAsync } from "../support/waiting.ts";

/** Starts the server, and requests of which it is known that they are under way. */
async function underWay(count: number, env: Record<string, string>) {
  const program = observed("examples/graceful-shutdown.js", { env });
  const port = await program.port();
  const clients = await Promise.all(Array.from({ length: count }, () => Client.connect(port)));
  for (const [index, client] of clients.entries()) client.send(`request ${index}`);
  await untilAsync(async () => {
    const { sockets } = await program.ask<Figures>("figures");
    return sockets === 1 + count;
  });
  return { program, port, clients };
}

describe.each(["linux", "std"])("graceful-shutdown on the %s reactor", (reactor) => {
  test("answers what is under way, and ends with code 0", async () => {
    const env = { WORK_MS: "1500", TOKIWA_REACTOR: reactor };
    const { program, port, clients } = await underWay(5, env);
    program.kill("SIGINT");
    await program.line(/^stopping: 5 requests under way$/);
    for (const [index, client] of clients.entries()) {
      expect(await client.take(9)).toBe(`request ${index}`);
    }
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.lines.at(-1)).toBe("all requests ended");
    expect(program.errors).toBe("");
    await expect(Client.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("does not count requests that have ended", async () => {
    const env = { WORK_MS: "1", TOKIWA_REACTOR: reactor };
    const program = observed("examples/graceful-shutdown.js", { env });
    const port = await program.port();
    for (let round = 0; round < 3; round++) {
      const client = await Client.connect(port);
      expect(await client.roundTrip("done")).toBe("done");
      await until(() => client.hasEnded);
    }
    await untilAsync(async () => (await program.ask<Figures>("figures")).sockets === 1);
    program.kill("SIGINT");
    await program.line(/^stopping: 0 requests under way$/);
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test("cancels what takes too long, and ends with code 0", async () => {
    const env = { WORK_MS: "60000", TOKIWA_REACTOR: reactor };
    const { program, clients } = await underWay(2, env);
    const begin = performance.now();
    program.kill("SIGINT");
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - begin).toBeGreaterThan(1900);
    expect(program.lines.at(-1)).toBe("the rest was cancelled");
    expect(program.errors).toBe("");
    for (const client of clients) {
      await until(() => client.hasEnded);
      expect(client.received).toBe("");
    }
  });
});
