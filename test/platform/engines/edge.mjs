/** Edge functions: Cloudflare's workerd, and Vercel's edge-runtime. */
import { resolve } from "node:path";

const program = resolve("test/platform/edge/program.mjs");

const lacks = {
  guests: "no Wasm may be compiled there",
  threads: "isolates have one",
  blocking: "it takes threads",
  reactor: "it takes descriptors",
};

export const engines = [
  {
    name: "workerd",
    wanted: "workerd@1.20260426.1",
    connects: true,
    sockets: "it has no listeners",
  },
  { name: "edge-light", wanted: "edge-runtime@4.0.1", connects: false, sockets: "it has none" },
].map(({ name, wanted, connects, sockets }) => ({
  name,
  packages: [wanted],
  command: (packages) => [process.execPath, program, name, packages],
  place: { platform: "edge", lacks: { ...lacks, sockets }, connects, needs: ["currentThread"] },
}));
