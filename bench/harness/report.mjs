/** From rounds to medians, bars, the table and the JSON lines. */
import { availableParallelism, cpus, loadavg, release, type } from "node:os";
import { median } from "./measure.mjs";

const FIELDS = ["n", "ns_per_op", "ops_per_s", "p50_us", "p99_us", "rss_bytes"];

/** What the machine is and how busy it was; a figure without this says little. */
export function machine() {
  return {
    node: process.version,
    cpus: availableParallelism(),
    cpu_model: cpus()[0]?.model.trim() ?? "unknown",
    os: `${type()} ${release()}`,
    load_average: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** The medians of a subject's good rounds, in the shape of a JSON line. */
export function summarize(bench, subject, params, rounds) {
  const good = rounds.filter((round) => !round.error);
  const line = { bench, subject, params };
  for (const field of FIELDS) line[field] = rounded(median(good.map((round) => round[field])));
  const extra = {};
  for (const key of new Set(good.flatMap((round) => Object.keys(round.extra ?? {})))) {
    const values = good.map((round) => round.extra?.[key]);
    extra[key] = typeof values[0] === "number" ? rounded(median(values)) : values[0];
  }
  line.rounds = good.length;
  if (Object.keys(extra).length) line.extra = extra;
  const failed = rounds.find((round) => round.error);
  if (good.length === 0) line.absent = failed?.error ?? "no round was run";
  else if (failed)
    line.failed = `${rounds.length - good.length} of ${rounds.length} rounds: ${failed.error}`;
  return line;
}

const read = (round, metric) =>
  metric.startsWith("extra.") ? round?.extra?.[metric.slice(6)] : round?.[metric];

/**
 * A bar against the rounds. Ratios are taken inside each round, where both subjects met the same
 * noise, and the median ratio counts.
 */
export function judge(bar, roundsOf) {
  const own = roundsOf[bar.subject] ?? [];
  const other = bar.against ? (roundsOf[bar.against] ?? []) : undefined;
  const values = own
    .map((round, i) => read(round, bar.metric) / (other ? read(other[i], bar.metric) : 1))
    .filter((value) => Number.isFinite(value));
  const value = median(values);
  const met =
    value === null || (bar.atLeast === undefined && bar.atMost === undefined)
      ? undefined
      : value >= (bar.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (bar.atMost ?? Infinity);
  return { value, low: Math.min(...values), high: Math.max(...values), met };
}

const UNITS = {
  ops_per_s: "speed",
  ns_per_op: "time",
  p50_us: "p50",
  p99_us: "p99",
  rss_bytes: "bytes",
};

/** One line such as `tokiwa: speed 1.31 × node-net [1.28..1.35] (bar ≥ 1.25) ok`. */
export function barLine(bar, verdict) {
  const what = `${bar.subject}: ${UNITS[bar.metric] ?? bar.metric.replace("extra.", "")}`;
  const unit = bar.against ? ` × ${bar.against}` : "";
  const limit = bar.atLeast !== undefined ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`;
  const hasLimit = bar.atLeast !== undefined || bar.atMost !== undefined;
  const goal = bar.note ? `; ${bar.note}` : "";
  const suffix = hasLimit ? ` (bar ${limit}${goal})` : goal && ` (${bar.note})`;
  if (verdict.value === null) return `${what} –${unit}${suffix} not measured`;
  const range = `[${short(verdict.low)}..${short(verdict.high)}]`;
  const mark = hasLimit ? (verdict.met ? " ok" : " MISSED") : "";
  return `${what} ${short(verdict.value)}${unit} ${range}${suffix}${mark}`;
}

/** The table of one case: a row a subject, then its bars. */
export function table(bench, about, params, lines, roundsOf, bars) {
  const shown = Object.entries(params).map(([key, value]) => `${key}=${value}`);
  const head = ["subject", "ns/op", "min..max", "ops/s", "p50 µs", "p99 µs", "memory", "also"];
  const rows = lines.map((line) => {
    if (line.absent) return [line.subject, "absent:", clip(line.absent)];
    const times = roundsOf[line.subject].filter((r) => !r.error).map((r) => r.ns_per_op);
    return [
      line.subject,
      grouped(line.ns_per_op),
      `${grouped(Math.min(...times))}..${grouped(Math.max(...times))}`,
      grouped(line.ops_per_s),
      grouped(line.p50_us),
      grouped(line.p99_us),
      bytes(line.rss_bytes),
      [...alsoShown(line.extra), ...(line.failed ? [`FAILED ${clip(line.failed)}`] : [])].join(" "),
    ];
  });
  const verdicts = bars.map((bar) => `  ${barLine(bar, judge(bar, roundsOf))}`);
  return [
    `${bench}  ${shown.join(" ")}`,
    `  ${about}`,
    ...aligned([head, ...rows]),
    ...verdicts,
    "",
  ].join("\n");
}

function alsoShown(extra = {}) {
  return Object.entries(extra).map(([k, v]) => `${k}=${typeof v === "number" ? short(v) : v}`);
}

function aligned(rows) {
  const full = rows.filter((row) => row.length > 3);
  const widths = rows[0].map((_, i) => Math.max(...full.map((row) => row[i].length)));
  widths[0] = Math.max(...rows.map((row) => row[0].length));
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      if (row.length <= 3 || i === 7) return i === 0 ? cell.padEnd(widths[0]) : cell;
      return i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]);
    });
    return `  ${cells.join("  ")}`.trimEnd();
  });
}

const clip = (text) => (text.length > 160 ? `${text.slice(0, 157)}…` : text).replaceAll("\n", " ");

function short(value) {
  const size = Math.abs(value);
  if (size >= 1000) return grouped(value);
  return String(Number(value.toPrecision(3)));
}

function grouped(value) {
  if (value === null || value === undefined) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

function bytes(value) {
  if (value === null || value === undefined) return "–";
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} MB` : `${grouped(value)} B`;
}

function rounded(value) {
  return value === null ? null : Number(value.toPrecision(6));
}
