/** What browsers have, as far as `src/platform/browser` uses it, and Node's types do not tell. */

/** The build writes such files into the code as text, in base64. */
declare module "*.wasm" {
  const code: string;
  export default code;
}

interface WorkerErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string | undefined;
}

interface WorkerRejectionEvent extends Event {
  readonly reason: unknown;
  readonly promise: Promise<unknown>;
}

/** The global object of a page or of a web worker. */
interface WorkerScope {
  readonly document?: unknown;
  readonly name?: string;
  close(): void;
  postMessage(message: unknown): void;
  addEventListener(
    type: "message",
    body: (event: { data: unknown }) => void,
    options: { once: true },
  ): void;
  addEventListener(type: "error", body: (event: WorkerErrorEvent) => void): void;
  addEventListener(type: "unhandledrejection", body: (event: WorkerRejectionEvent) => void): void;
}

declare class Worker {
  constructor(script: URL | string, options: { type: "module"; name: string });
  addEventListener(type: "message", body: (event: { data: unknown }) => void): void;
  addEventListener(type: "error", body: (event: WorkerErrorEvent) => void): void;
  postMessage(message: unknown): void;
  terminate(): void;
}

declare var crossOriginIsolated: boolean | undefined;
declare var document: unknown;
declare var origin: string;
declare var self: WorkerScope;

declare var navigator: {
  readonly hardwareConcurrency: number;
  readonly locks: { request<T>(name: string, body: () => T): Promise<T> };
};
