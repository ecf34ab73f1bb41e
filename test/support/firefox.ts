/**
 * Debian's Firefox, driven by WebDriver BiDi: JSON over a WebSocket.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Firefox answers to a command: one of the two. */
interface Answer {
  readonly id: number;
  readonly result?: never;
  readonly message?: string;
}

interface Evaluated {
  readonly type: "success" | "exception";
  readonly result: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** Starts it, with one page. */
export async function launchFirefox(): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), "tokiwa-firefox-"));
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const child = spawn("firefox-esr", args, { stdio: ["ignore", "ignore", "pipe"] });
  const socket = new WebSocket(`${await addressOf(child)}/session`);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const firefox = new Firefox(child, socket, profile);
  await firefox.begin();
  return firefox;
}

/** It says where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      said += text;
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
  });
}

export class Firefox {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #commands = 0;
  #context = "";

  constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener("message", ({ data }) => {
      const answer: Answer = JSON.parse(data);
      this.#waiting.get(answer.id)?.(answer);
    });
  }

  async begin(): Promise<void> {
    await this.#ask("session.new", { capabilities: {} });
    const tree = await this.#ask<{ contexts: { context: string }[] }>(
      "browsingContext.getTree",
      {},
    );
    this.#context = tree.contexts[0]?.context ?? "";
  }

  async open(url: string): Promise<void> {
    await this.#ask("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Calls a function in the page, with texts; gives the text that its promise brings, if any. */
  async call(functionDeclaration: string, ...texts: string[]): Promise<string | undefined> {
    const { type, result, exceptionDetails } = await this.#ask<Evaluated>("script.callFunction", {
      functionDeclaration,
      awaitPromise: true,
      target: { context: this.#context },
      arguments: texts.map((value) => ({ type: "string", value })),
    });
    if (type === "exception") throw new Error(`in the page: ${exceptionDetails?.text}`);
    return result.value;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #ask<T>(method: string, params: object): Promise<T> {
    this.#commands += 1;
    const id = this.#commands;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, message } = await answered;
    this.#waiting.delete(id);
    if (result === undefined) throw new Error(`Firefox refuses ${method}: ${message}`);
    return result;
  }
}
