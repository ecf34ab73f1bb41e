/**
 * One subject in a process of its own: `node subject.mjs WORKLOAD SUBJECT PARAMS`. Prints one line
 * that starts with RESULT. Started by `run.mjs` only.
 */
import { writeSync } from "node:fs";
import { workloadFile } from "../workloads.mjs";

const [bench, name, params] = process.argv.slice(2);

function finish(result) {
  writeSync(1, `RESULT ${JSON.stringify(result)}\n`);
  process.exit(0);
}

process.on("uncaughtException", (error) => finish({ error: describe(error) }));
process.on("unhandledRejection", (error) => finish({ error: describe(error) }));

function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  const at =
    error.stack
      ?.split("\n")
      .find((line) => line.includes("    at "))
      ?.trim() ?? "";
  return `${error.code ? `${error.code} ` : ""}${error.message}${cause} ${at}`.trim();
}

// No timer of ours keeps the process alive: a runtime that parks may well look for such things.
process.on("beforeExit", () => finish({ error: "it ended while the subject was waiting" }));

try {
  const { default: workload } = await import(workloadFile(bench));
  const subject = workload.subjects[name];
  for (const [key, value] of Object.entries(subject.env ?? {})) process.env[key] = value;
  finish(await subject.run(JSON.parse(params)));
} catch (error) {
  finish({ error: describe(error) });
}
