/**
 * The benches:
 * `npm run bench -- [FILTER…] [--json] [--rounds N] [--subject A,B] [--quick] [--list]`.
 * See README.md for how to read what it prints.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, summarize, table } from "./harness/report.mjs";
import { ensure } from "./peers/build.mjs";
import { workloadFile, workloads } from "./workloads.mjs";

const SUBJECT_FILE = fileURLToPath(new URL("./harness/subject.mjs", import.meta.url));
/** No subject takes longer, warm-up included; one that hangs must not hold up the rest. */
const SUBJECT_LIMIT_MS = 90_000;

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string" },
    subject: { type: "string" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new RangeError(
    `Cannot run benches: rounds must be a whole number from 1, got ${options.rounds}`,
  );
}
const wanted = options.subject?.split(",");

const title = (bench, params) =>
  [bench, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)].join(" ");

/** Whether a word of the name begins with the filter: `time` means time/…, not runtime/…. */
const matches = (name, filter) =>
  [...name.matchAll(/[A-Za-z0-9]+/g)].some(({ index }) => name.startsWith(filter, index));

async function selectedCases() {
  const selected = [];
  for (const bench of workloads) {
    const { default: workload } = await import(workloadFile(bench));
    for (const one of workload.cases) {
      const name = title(bench, one.params);
      if (!filters.every((filter) => matches(name, filter))) continue;
      const all = one.subjects ?? Object.keys(workload.subjects);
      const subjects = all.filter((subject) => !wanted || wanted.includes(subject));
      if (subjects.length) selected.push({ bench, workload, one, name, subjects });
    }
  }
  return selected;
}

/** The children that run now, so that nothing outlives us. */
const groups = new Set();
const killGroup = (pid) => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};
process.on("exit", () => {
  for (const pid of groups) killGroup(pid);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

/** One round of one subject, in a fresh process. */
function runSubject(bench, subject, params) {
  return new Promise((resolve) => {
    const args = [
      "--no-warnings",
      "--expose-gc",
      SUBJECT_FILE,
      bench,
      subject,
      JSON.stringify(params),
    ];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // Its own group: its servers and peers end with it.
    });
    groups.add(child.pid);
    let out = "";
    let err = "";
    const done = (result) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      killGroup(child.pid);
      resolve(result);
    };
    const timer = setTimeout(
      () => done({ error: `no result in ${SUBJECT_LIMIT_MS} ms` }),
      SUBJECT_LIMIT_MS,
    );
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const found = /^RESULT (.*)\n/m.exec(out);
      if (found) done(JSON.parse(found[1]));
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", (error) => done({ error: error.message }));
    child.on("close", (code, signal) => {
      const last = err.trim().split("\n").slice(-3).join(" | ");
      done({ error: `it ended with ${signal ?? code} and no result: ${last}` });
    });
  });
}

async function runCase({ bench, workload, one, subjects }) {
  const params = {
    ...one.params,
    ...(options.quick ? one.quick : {}),
    ...(await workload.prepare?.()),
  };
  const roundsOf = Object.fromEntries(subjects.map((subject) => [subject, []]));
  const absent = {};
  for (const subject of subjects) {
    absent[subject] = workload.subjects[subject].needs?.map(ensure).find((reason) => reason);
  }
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      const result = absent[subject]
        ? { error: absent[subject] }
        : await runSubject(bench, subject, params);
      roundsOf[subject].push(result);
    }
  }
  const lines = subjects.map((name) => summarize(bench, name, params, roundsOf[name]));
  if (options.json) for (const line of lines) console.log(JSON.stringify(line));
  else {
    const bars = (one.bars ?? []).filter((bar) =>
      [bar.subject, bar.against ?? bar.subject].every((subject) => subjects.includes(subject)),
    );
    console.log(table(bench, workload.about, params, lines, roundsOf, bars));
  }
}

const selected = await selectedCases();
if (selected.length === 0) console.error(`no bench matches: ${filters.join(" ")}`);
if (options.list) {
  for (const { name, subjects } of selected) console.log(`${name}: ${subjects.join(" ")}`);
} else {
  const facts = machine();
  const quick = options.quick ? "; QUICK: a smoke run, its figures mean nothing" : "";
  const where = `node ${facts.node}, ${facts.cpus} cpus (${facts.cpu_model}), ${facts.os}`;
  const load = facts.load_average.join(" ");
  const head = `${where}, load ${load}; ${rounds} round(s), medians${quick}\n`;
  if (options.json) process.stderr.write(`${JSON.stringify({ machine: facts })}\n`);
  else console.log(head);
  for (const one of selected) await runCase(one);
}
