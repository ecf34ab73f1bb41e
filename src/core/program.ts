/**
 * How the program was called, where programs are called with anything.
 *
 * @module
 */

/** What servers have and their types promise everywhere. */
interface Process {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const { process } = globalThis as { process?: Process };

/** Its arguments; those of the main thread are the program's. */
export function programArguments(): readonly string[] {
  return process?.argv ?? [];
}

/** The variables of its environment. */
export function programEnvironment(): Readonly<Record<string, string | undefined>> {
  return process?.env ?? {};
}
