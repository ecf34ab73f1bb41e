/**
 * The error for a guest that cannot be built.
 *
 * @module
 */

/** What is wrong with a guest's source, and where. */
export interface GuestBuildFinding {
  /** The file, as an absolute path; undefined if it is the guest as a whole. */
  readonly file: string | undefined;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The whole line. */
  readonly lineText: string;
  readonly message: string;
}

/** Thrown when a guest's source is at fault. The message lists every finding with its place. */
export class GuestBuildError extends Error {
  static {
    this.prototype.name = "GuestBuildError";
  }

  readonly findings: readonly GuestBuildFinding[];

  constructor(entry: string, findings: readonly GuestBuildFinding[]) {
    super([`Cannot build guest ${entry}:`, ...findings.map(lineOf)].join("\n"));
    this.findings = findings;
  }
}

function lineOf({ file, line, column, message }: GuestBuildFinding): string {
  return file === undefined ? `  ${message}` : `  ${file}:${line}:${column}: ${message}`;
}
