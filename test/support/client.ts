/**
 * The other end of a server's connections, made of Node's own sockets.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { afterEach } from "vitest";
import { until } from "./waiting.ts";

const open = new Set<Client>();
afterEach(() => {
  for (const client of open) client.socket.destroy();
  open.clear();
});

/** A connection that keeps all that it is sent. */
export class Client {
  readonly socket: Socket;
  /** Everything that came, one character a byte. */
  received = "";
  /** The server has ended the stream, or reset it. */
  hasEnded = false;
  isConnected = false;
  error: NodeJS.ErrnoException | undefined;

  constructor(port: number, localAddress = "127.0.0.1") {
    const socket = connect({ host: "127.0.0.1", port, localAddress, noDelay: true });
    this.socket = socket;
    open.add(this);
    socket.setEncoding("latin1");
    socket.on("connect", () => {
      this.isConnected = true;
    });
    socket.on("data", (text) => {
      this.received += text;
    });
    socket.on("error", (error) => {
      this.error = error;
    });
    socket.on("end", () => {
      this.hasEnded = true;
    });
    socket.on("close", () => {
      this.hasEnded = true;
      open.delete(this);
    });
  }

  /** Resolves once connected. */
  static async connect(port: number): Promise<Client> {
    const client = new Client(port);
    await until(() => client.isConnected || client.hasEnded);
    if (client.error !== undefined) throw client.error;
    return client;
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** The next `length` bytes that were not taken yet; fewer if the stream ends. */
  async take(length: number): Promise<string> {
    await until(() => this.received.length >= length || this.hasEnded);
    const taken = this.received.slice(0, length);
    this.received = this.received.slice(length);
    return taken;
  }

  /** Sends `text` and resolves to as many bytes of the answer. */
  roundTrip(text: string): Promise<string> {
    this.send(text);
    return this.take(text.length);
  }

  /** Ends this side; resolves once the other side has ended, too. */
  async finish(): Promise<void> {
    this.socket.end();
    await until(() => this.hasEnded);
  }

  /** Leaves without a word, as far as the other side can tell. */
  drop(): void {
    this.socket.destroy();
  }
}
