/** What a console shows of our objects. */
import { inspect } from "node:util";
import { Instant, Runtime, sleep, spawn } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { expect, test } from "vitest";

test("handles of tasks show which task", async () => {
  const local = spawn(async () => "value", { name: "fetcher" });
  expect(inspect(local)).toBe(`AsyncTask { id: ${local.id}, name: 'fetcher', isFinished: false }`);
  await local;
  expect(inspect(local)).toContain("isFinished: true");
});

test("sockets show their addresses, as long as they have some", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const stream = await TcpStream.connect(listener.localAddr);
  const own = `localAddr: '${stream.localAddr}', peerAddr: '${stream.peerAddr}'`;
  expect(inspect(listener)).toBe(`TcpListener { localAddr: '${listener.localAddr}' }`);
  expect(inspect(stream, { breakLength: 200 })).toBe(`TcpStream { ${own} }`);
  expect(inspect(stream.split(), { breakLength: 200 })).toContain(`ReadHalf { ${own} }`);
  listener.close();
  stream.close();
  expect(inspect(listener)).toMatch(/^TcpListener \(Cannot .* closed\)$/);
  expect(inspect(stream)).toMatch(/^TcpStream \(Cannot .* closed\)$/);
});

test("runtimes and instants show what tells them apart", async () => {
  await using runtime = await Runtime.create({ name: "side", workerThreads: 1 });
  const facts = `{ id: ${runtime.id}, name: 'side', flavor: 'multiThread' }`;
  expect(inspect(runtime)).toBe(`Runtime ${facts}`);
  expect(inspect(runtime.handle)).toBe(`Handle ${facts}`);
  expect(inspect(new Instant(5.5))).toBe("Instant { ms: 5.5 }");
});

test("what a task makes shows little of the thread that it carries", async () => {
  await spawn(async () => {
    const nap = (async () => sleep(1))();
    expect(inspect(nap, { depth: 10 }).split("\n").length).toBeLessThan(10);
    await nap;
    using listener = await TcpListener.bind("127.0.0.1:0");
    expect(inspect(listener.accept())).toBe("Accept { action: 'accept' }");
  });
});
