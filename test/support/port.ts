/**
 * Ports for servers that cannot say which one the system chose.
 *
 * @module
 */
import { createServer, type Server } from "node:net";
import { Client } from "./client.ts";
import { until } from "./waiting.ts";

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await until(() => server.listening);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once somebody accepts connections at the port. */
export async function untilServed(port: number): Promise<void> {
  for (;;) {
    const client = new Client(port);
    await until(() => client.isConnected || client.hasEnded);
    client.drop();
    if (client.isConnected) return;
  }
}
