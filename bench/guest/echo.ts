/** An echo server whose every connection is a task. */
import { lastError, sleep, spawn, TcpListener, TcpStream } from "tokiwa/assembly";

function echo(stream: TcpStream): void {
  const buffer = new Uint8Array(4096);
  while (true) {
    const count = stream.read(buffer);
    if (count <= 0 || !stream.writeAll(buffer, 0, count)) return;
  }
}

export function run(address: string): void {
  const listener = TcpListener.bind(address);
  if (listener === null) throw new Error(lastError());
  while (true) {
    const stream = listener.accept();
    if (stream === null) {
      sleep(5);
      continue;
    }
    stream.nodelay = true;
    spawn(echo, stream).detach();
  }
}
