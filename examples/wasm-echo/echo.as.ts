// The guest: plain AssemblyScript. Every connection is a task, which any worker goes on with.

import { lastError, sleep, spawn, TcpListener, TcpStream } from "tokiwa/assembly";

/** Sends back what comes, until the other side ends. */
function echo(stream: TcpStream): void {
  const buffer = new Uint8Array(16 * 1024);
  while (true) {
    const count = stream.read(buffer);
    if (count <= 0) return; // The end, or a failure. The stream is closed with the task.
    if (!stream.writeAll(buffer, 0, count)) return;
  }
}

/** Serves until it is aborted. */
export function serve(address: string): void {
  const listener = TcpListener.bind(address);
  if (listener === null) throw new Error(`Cannot listen at ${address}: ${lastError()}`);
  while (true) {
    const stream = listener.accept();
    if (stream === null) {
      sleep(10); // Too many connections, say.
      continue;
    }
    stream.nodelay = true;
    spawn(echo, stream).detach();
  }
}
