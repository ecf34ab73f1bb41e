/** Runs a native peer (Tokio or Go) for one workload and reads its JSON lines. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { binaries } from "../peers/build.mjs";

const run = promisify(execFile);

/** A subject that is a workload of a native peer; `options(params)` are its arguments. */
export function peer(language, workload, options) {
  return {
    needs: [language],
    async run(params) {
      const { stdout } = await run(binaries[language], [workload, ...options(params).map(String)]);
      return fromLine(JSON.parse(stdout.split("\n")[0]));
    },
  };
}

/** Our record from a peer's first line: workloads with several print the one we want first. */
function fromLine(line) {
  const us = (ns) => (ns === null ? null : ns / 1000);
  return {
    n: line.n,
    ns_per_op: line.ns_per_op,
    ops_per_s: line.ops_per_s,
    p50_us: us(line.p50_ns),
    p99_us: us(line.p99_ns),
    rss_bytes: line.rss_bytes,
    extra: { ...line.extra, version: line.version },
  };
}
