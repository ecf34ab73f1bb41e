/**
 * Counts which of upstream's tests there are, pass, cannot be had, and are missing.
 *
 * A test counts under the `describe` that has the name of upstream's file, and under its own name.
 * Describes in between are flavors of it, or upstream's modules: those are part of its name there,
 * as in `unstable::shutdown_on_panic`, and may be here. So does what follows a comma, as in
 * `send, to a guest`. A test of several flavors counts once, and passes if all of them do.
 */

/** What counts: what can be had on every host, in the rooms that the runtime has so far. */
const COUNTED = [
  /^tokio\/tests\/(sync|time|macros|task|rt)_\w+\.rs$/,
  /^tokio\/tests\/(coop_budget|test_clock)\.rs$/,
  /^tokio-util\/tests\/(sync|task|time)_\w+\.rs$/,
  /^tokio-util\/tests\/(abort_on_drop|context|future|mpsc|poll_semaphore|spawn_pinned)\.rs$/,
  /^tokio-(stream|test)\/tests\/\w+\.rs$/,
];

const CANNOT = /^(?<name>.+) \(cannot: (?<reason>.*)\)$/;

/** Reads a list of files, each with its tests below it: `upstream.txt`. */
export function parseUpstream(text) {
  const files = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("  ")) files.at(-1).tests.push(line.trim());
    else if (line !== "" && !line.startsWith("#")) {
      const [path, host] = line.split(" ");
      files.push({ path, host, tests: [] });
    }
  }
  return files.filter(({ path, host }) => host === "any" && COUNTED.some((it) => it.test(path)));
}

/**
 * Finds each upstream test among what ran.
 *
 * @param files As {@linkcode parseUpstream} gives them.
 * @param results What Vitest says of each test: its `ancestorTitles`, `title` and `status`.
 * @returns {{ path: string, outcomes: { name: string, is: string, reason?: string }[] }[]}
 */
export function count(files, results) {
  const found = new Map();
  for (const { ancestorTitles, title, status } of results) {
    const [file, ...modules] = ancestorTitles;
    const [plain] = title.split(",");
    const { name = plain, reason } = CANNOT.exec(title)?.groups ?? {};
    for (const key of keysOf(file, modules, name)) {
      found.set(key, [...(found.get(key) ?? []), { passed: status === "passed", reason }]);
    }
  }
  return files.map(({ path, tests }) => {
    const file = path.replace(/^.*\/|\.rs$/g, "");
    const outcomes = tests.map((name) => ({ name, ...outcome(found.get(`${file} ${name}`)) }));
    return { path, outcomes };
  });
}

/** The names by which upstream may know a test: with none, some or all of its modules. */
function keysOf(file, modules, name) {
  const names = [name];
  for (const module of [...modules].reverse()) names.push(`${module}::${names.at(-1)}`);
  return names.map((known) => `${file} ${known}`);
}

function outcome(flavors) {
  if (flavors === undefined) return { is: "missing" };
  const { reason } = flavors.find((flavor) => flavor.reason !== undefined) ?? {};
  const ported = flavors.filter((flavor) => flavor.reason === undefined);
  if (ported.length === 0) return { is: "cannot", reason };
  return { is: ported.every(({ passed }) => passed) ? "passing" : "failing" };
}

/** The count as a table, and below it what is not passing, with the reasons. */
export function report(counted) {
  const rows = counted.map(({ path, outcomes }) => [path, ...sums(outcomes)]);
  const total = sums(counted.flatMap(({ outcomes }) => outcomes));
  const lines = [["file", "ported", "passing", "cannot", "missing"], ...rows, ["total", ...total]];
  const width = Math.max(...lines.map(([path]) => path.length));
  const table = lines.map(([path, ...cells]) =>
    [path.padEnd(width), ...cells.map((cell) => String(cell).padStart(8))].join(""),
  );
  return [
    ...table,
    ...listed("failing", counted),
    ...listed("cannot", counted),
    ...listed("missing", counted),
  ].join("\n");
}

function sums(outcomes) {
  const of = (word) => outcomes.filter(({ is }) => is === word).length;
  return [of("passing") + of("failing"), of("passing"), of("cannot"), of("missing")];
}

/** The tests with one outcome, file by file. */
function listed(word, counted) {
  const files = counted.flatMap(({ path, outcomes }) => {
    const tests = outcomes.filter(({ is }) => is === word);
    if (tests.length === 0) return [];
    const names = tests.map(({ name, reason }) => `  ${name}${reason ? `: ${reason}` : ""}`);
    return [path, ...names];
  });
  return files.length === 0 ? [] : ["", `${word}:`, ...files];
}
