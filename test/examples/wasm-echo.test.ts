import { createServer } from "node:net";
import { expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { freePort, untilServed } from "../support/port.ts";
import { Program } from "../support/program.ts";
import { until } from "../support/waiting.ts";

const file = "examples/wasm-echo/main.js";

test("wasm-echo sends back what it is sent, to each its own", async () => {
  const port = await freePort();
  const env = { PORT: `${port}`, TOKIWA_WORKER_THREADS: "2" };
  const program = new Program(file, [], { env });
  await program.line(new RegExp(`^echo on 127\\.0\\.0\\.1:${port}: 2 workers$`));
  await untilServed(port);
  const clients = await Promise.all(Array.from({ length: 20 }, () => Client.connect(port)));
  for (let round = 0; round < 5; round++) {
    const texts = clients.map((_, index) => `${index}:${round}:`.repeat(1 + index * 400));
    const answers = await Promise.all(clients.map((c, index) => c.roundTrip(texts[index] ?? "")));
    expect(answers).toEqual(texts);
  }
  for (const client of clients) await client.finish();
  program.kill("SIGINT");
  expect(await program.ended).toEqual({ code: null, signal: "SIGINT" });
  expect(program.errors).toBe("");
}, 60_000);

test("wasm-echo says so if its port is in use", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await until(() => holder.listening);
  const { port } = holder.address() as { port: number };
  const program = new Program(file, [], { env: { PORT: `${port}` } });
  const { code } = await program.ended;
  holder.close();
  expect(code).toBe(1);
  expect(program.errors).toContain(`Cannot listen at 127.0.0.1:${port}: EADDRINUSE`);
}, 60_000);
