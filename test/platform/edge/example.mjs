/**
 * Whether `examples/edge-function` does what it says.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";

/** As the example has it. */
const AT_ONCE = 4;

/** @throws {AssertionError} If it does not. */
export async function checkExample(origin) {
  const held = [];
  const services = createServer((request, response) => {
    if (request.url === "/held") held.push(response);
    else if (request.url !== "/slow") response.writeHead(Number(request.url.slice(1))).end();
  });
  await new Promise((listening) => services.listen(0, "127.0.0.1", listening));
  const { port } = services.address();
  const at = (path) => `http://127.0.0.1:${port}/${path}`;
  const ask = (...paths) => fetch(`${origin}/?${paths.map((path) => `url=${at(path)}`).join("&")}`);
  try {
    deepEqual(await (await ask("200", "404", "slow")).json(), {
      [at("200")]: 200,
      [at("404")]: 404,
      [at("slow")]: "too slow",
    });
    const inside = Array.from({ length: AT_ONCE }, () => ask("held"));
    while (held.length < AT_ONCE) await once(services, "request");
    equal((await ask("200")).status, 429);
    for (const response of held) response.writeHead(204).end();
    for (const response of await Promise.all(inside)) equal(response.status, 200);
    equal((await ask("200")).status, 200);
  } finally {
    services.closeAllConnections();
    services.close();
  }
}
