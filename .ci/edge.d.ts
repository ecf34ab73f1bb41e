/** What the platforms at the edge have, as far as `src/platform/edge` uses it. */

/** There, an import of such a file is the module, compiled. */
declare module "*.edge.wasm" {
  const core: WebAssembly.Module;
  export default core;
}

declare module "*.edge.wasm?module" {
  const core: WebAssembly.Module;
  export default core;
}

declare module "cloudflare:workers" {
  /** Keeps the request that is being served alive until the promise settles. */
  export function waitUntil(promise: Promise<unknown>): void;
}

declare module "cloudflare:sockets" {
  interface SocketInfo {
    readonly localAddress?: string;
    readonly remoteAddress?: string;
  }

  interface Socket {
    readonly opened: Promise<SocketInfo>;
    readonly closed: Promise<void>;
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
    close(): Promise<void>;
  }

  export function connect(
    to: { hostname: string; port: number },
    options: { allowHalfOpen: boolean; secureTransport: "off" },
  ): Socket;
}
