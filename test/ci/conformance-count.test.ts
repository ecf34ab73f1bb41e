import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { count, parseUpstream, report } from "../../.ci/conformance-count.mjs";

const UPSTREAM = `# A comment.

tokio/tests/sync_lock.rs any
  takes
  waits
  cannot_be
  forgotten
  nested::waits

tokio/tests/fs_file.rs server
  reads

tokio/tests/io_copy.rs any
  copies
`;

const files = parseUpstream(UPSTREAM);

/** What ran: the describes and the title of each test, and whether it passed. */
const ran = (...tests: [string, boolean][]) =>
  tests.map(([path, passed]) => {
    const titles = path.split(" > ");
    const title = titles.pop() as string;
    return { ancestorTitles: titles, title, status: passed ? "passed" : "failed" };
  });

/** What became of each test of the one file that counts. */
const outcomes = (...tests: [string, boolean][]) =>
  Object.fromEntries(
    count(files, ran(...tests)).flatMap(({ outcomes }) =>
      outcomes.map(({ name, is }) => [name, is]),
    ),
  );

test("what counts are files of the rooms that there are, on every host", () => {
  expect(files.map(({ path }) => path)).toEqual(["tokio/tests/sync_lock.rs"]);
  expect(files[0]?.tests).toHaveLength(5);
});

test("a test that nobody ran is missing", () => {
  expect(outcomes(["sync_lock > takes", true], ["elsewhere > waits", true])).toEqual({
    takes: "passing",
    waits: "missing",
    cannot_be: "missing",
    forgotten: "missing",
    "nested::waits": "missing",
  });
});

test("a test of several flavors counts once, and passes if all of them do", () => {
  const local: [string, boolean] = ["sync_lock > local > takes", true];
  expect(outcomes(local, ["sync_lock > shared > takes", true]).takes).toBe("passing");
  expect(outcomes(local, ["sync_lock > shared > takes", false]).takes).toBe("failing");
  expect(outcomes(local, ["sync_lock > takes, twice", false]).takes).toBe("failing");
});

test("upstream's modules are describes or part of the name", () => {
  expect(outcomes(["sync_lock > nested > waits", true])["nested::waits"]).toBe("passing");
  expect(outcomes(["sync_lock > nested::waits", false])["nested::waits"]).toBe("failing");
});

test("what cannot be had has a reason, unless a flavor of it can", () => {
  const skipped: [string, boolean] = ["sync_lock > cannot_be (cannot: it is f(x))", false];
  expect(outcomes(skipped).cannot_be).toBe("cannot");
  expect(outcomes(skipped, ["sync_lock > local > cannot_be", true]).cannot_be).toBe("passing");
  expect(report(count(files, ran(skipped)))).toContain("  cannot_be: it is f(x)");
});

test("the report has a row for each file, and the sum", () => {
  const text = report(count(files, ran(["sync_lock > takes", true], ["sync_lock > waits", false])));
  const cells = text.split("\n").map((line) => line.trim().split(/\s+/).join(" "));
  expect(cells.slice(0, 3)).toEqual([
    "file ported passing cannot missing",
    "tokio/tests/sync_lock.rs 2 1 0 3",
    "total 2 1 0 3",
  ]);
  expect(text).toContain("\nfailing:\ntokio/tests/sync_lock.rs\n  waits\n");
});

test("the list in the repository has no file twice that counts", () => {
  const all = parseUpstream(readFileSync("test/conformance/upstream.txt", "utf8"));
  const names = all.map(({ path }) => path.replace(/^.*\//, ""));
  expect(new Set(names).size).toBe(names.length);
  expect(all.flatMap(({ tests }) => tests).length).toBeGreaterThan(800);
});
