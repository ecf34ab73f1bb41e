/**
 * Runs the conformance tests, and counts them against upstream's:
 *
 *   npm run conformance [-- FILTER …]
 *
 * With filters, such as `sync_mpsc`, only the test files and the rows whose names have them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { count, parseUpstream, report } from "./conformance-count.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const filters = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
try {
  const output = join(folder, "results.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporter = ["--reporter=json", `--outputFile.json=${output}`];
  const args = ["run", "--project", "conformance", ...reporter, ...filters];
  spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: "inherit" });
  const { testResults } = JSON.parse(readFileSync(output, "utf8"));
  const text = readFileSync(join(root, "test/conformance/upstream.txt"), "utf8");
  const files = parseUpstream(text).filter(
    ({ path }) => filters.length === 0 || filters.some((filter) => path.includes(filter)),
  );
  const counted = count(
    files,
    testResults.flatMap(({ assertionResults }) => assertionResults),
  );
  console.log(`\n${report(counted)}`);
  const isWhole = counted.every(({ outcomes }) =>
    outcomes.every(({ is }) => is === "passing" || is === "cannot"),
  );
  process.exitCode = isWhole ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
