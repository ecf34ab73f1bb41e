/** Many connections that do nothing. Client and server each have their own 20,000 descriptors. */
import { expect, test } from "vitest";
import { type Figures, observed } from "../support/observed.ts";
import { cpuShareOf, descriptorsOf, Program, residentBytesOf } from "../support/program.ts";
import { untilAsync } from "../support/waiting.ts";

const CONNECTIONS = 15_000;
const CPU_SECONDS = 5;
const CLIENT = "test/soak/fixtures/client.mjs";

interface Answer {
  readonly connections: number;
  readonly failures: number;
}

async function counts(server: Program) {
  const { aliveTasks, pendingWaits, sockets, connections } = await server.ask<Figures>("figures");
  const descriptors = descriptorsOf(server.pid);
  return { aliveTasks, pendingWaits, sockets, connections, descriptors };
}

test(`${CONNECTIONS} idle connections use no CPU, answer later and leave nothing`, async () => {
  const server = observed("examples/echo-server.js", { flags: ["--expose-gc"] });
  const port = await server.port();
  const client = new Program(CLIENT);

  // Everything that is opened lazily is open after the first connections.
  await client.ask<Answer>({ open: 100, port });
  await client.ask<Answer>({ ask: "hello" });
  await client.ask<Answer>({ close: true });
  await untilAsync(async () => (await counts(server)).connections === 0);
  await server.ask("heaps");
  const [before, rssBefore] = [await counts(server), residentBytesOf(server.pid)];

  const opened = await client.ask<Answer>({ open: CONNECTIONS, port });
  expect(opened).toEqual({ connections: CONNECTIONS, failures: 0 });
  await untilAsync(async () => (await counts(server)).connections === CONNECTIONS);
  await server.ask("heaps");
  const held = await server.ask<Figures>("figures");
  const bytesEach = (residentBytesOf(server.pid) - rssBefore) / CONNECTIONS;
  expect(held).toMatchObject({
    aliveTasks: before.aliveTasks + CONNECTIONS,
    sockets: before.sockets + CONNECTIONS,
    pendingWaits: before.pendingWaits + CONNECTIONS,
  });

  const share = await cpuShareOf(server.pid, CPU_SECONDS * 1000);
  console.log(
    `${CONNECTIONS} idle connections: ${Math.round(bytesEach)} bytes each, with the handler's ` +
      `buffer of 16 KiB, as far as it is touched; ${(share * 100).toFixed(2)} % of a core`,
  );
  expect(share).toBeLessThan(0.01);

  const asked = await client.ask<Answer>({ ask: "still there?" });
  expect(asked).toEqual({ connections: CONNECTIONS, failures: 0 });
  await client.ask<Answer>({ close: true });
  await untilAsync(async () => (await counts(server)).connections === 0);
  expect(await counts(server)).toEqual(before);
  expect(server.errors).toBe("");
});
