/**
 * The table of platforms and features.
 *
 * @module
 */
import { casesFor, FEATURES } from "./suite/suite.mjs";

/**
 * One platform's row: what became of each feature. What should have run and did not has failed.
 */
export function rowOf({ name, place }, { results = [], ending, absent, isOurs = false }) {
  if (absent !== undefined) {
    return { name, cells: {}, absent, hasFailed: isOurs, problems: isOurs ? [absent] : [] };
  }
  const wanted = casesFor(place.lacks);
  const problems = ending === undefined ? [] : [ending];
  const cells = {};
  for (const feature of Object.keys(FEATURES)) {
    const names = wanted.filter(([its]) => its === feature).map(([, its]) => its);
    const bad = names.filter((its) => {
      const found = results.find((result) => result.feature === feature && result.name === its);
      if (found?.problem !== undefined) problems.push(`${its}: ${found.problem}`);
      return found === undefined || found.problem !== undefined;
    });
    const well = feature in place.lacks ? "skipped" : `${names.length} ran`;
    cells[feature] = bad.length === 0 ? well : `${bad.length} FAILED`;
    if (bad.length > 0 && problems.length === 0) problems.push(`did not run: ${bad.join(", ")}`);
  }
  return { name, cells, lacks: place.lacks, problems, hasFailed: problems.length > 0 };
}

/** Prints all rows, and below them why something was skipped or not had. */
export function printTable(rows) {
  const columns = ["", ...Object.keys(FEATURES)];
  const lines = rows.map(({ name, cells, absent }) =>
    absent === undefined
      ? [name, ...columns.slice(1).map((feature) => cells[feature])]
      : [name, "NOT HAD"],
  );
  const widths = columns.map((_, at) =>
    Math.max(...[columns, ...lines].map((line) => line[at]?.length ?? 0)),
  );
  for (const line of [columns, ...lines]) {
    console.log(line.map((cell, at) => cell.padEnd(widths[at])).join("  "));
  }
  for (const line of reasons(rows)) console.log(line);
}

function reasons(rows) {
  return rows.flatMap(({ name, absent, lacks = {} }) =>
    absent === undefined
      ? Object.entries(lacks).map(([feature, reason]) => `${name}: ${feature} skipped: ${reason}`)
      : [`${name}: not had: ${absent}`],
  );
}
