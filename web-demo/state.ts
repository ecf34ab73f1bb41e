/** What the visitor has chosen, and its permanent link. */

/** Whether one worker does everything, or all that there are. */
export type Mode = "one" | "all";
export type Theme = "auto" | "light" | "dark";

export interface State {
  /** How many workers `all` means. */
  readonly workers: number;
  /** Tasks alive. */
  readonly tasks: number;
  /** Per cent of the tasks that one source spawns, beyond its even share. */
  readonly imbalance: number;
  /** Messages a second that leave the last channel. */
  readonly drain: number;
  readonly mode: Mode;
  readonly theme: Theme;
}

/** The loads to choose from. */
export const LOADS: readonly number[] = [0, 10, 100, 200, 500, 1000, 2000, 5000, 10_000];
export const WORKERS_MAX = 8;
export const DRAIN_MAX = 200;

/** How the page begins on a machine with so many cores. */
export function initialState(cores: number): State {
  const workers = Math.max(1, Math.min(WORKERS_MAX, cores));
  return { workers, tasks: 1000, imbalance: 60, drain: 150, mode: "all", theme: "auto" };
}

/** Reads the part of an address behind `#`. What it does not say, or says wrongly, is `initial`. */
export function parseState(hash: string, initial: State): State {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const whole = (name: string, fallback: number, max: number, min = 0) => {
    const value = Number(said.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= min && value <= max ? value : fallback;
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[], fallback: T) =>
    choices.find((choice) => choice === said.get(name)) ?? fallback;
  const tasks = whole("tasks", initial.tasks, Infinity);
  return {
    workers: whole("workers", initial.workers, WORKERS_MAX, 1),
    tasks: LOADS.includes(tasks) ? tasks : initial.tasks,
    imbalance: whole("imbalance", initial.imbalance, 100),
    drain: whole("drain", initial.drain, DRAIN_MAX),
    mode: oneOf("mode", ["one", "all"], initial.mode),
    theme: oneOf("theme", ["auto", "light", "dark"], initial.theme),
  };
}

/** The opposite of {@linkcode parseState}. */
export function formatState(state: State): string {
  const said = Object.entries(state).map(([name, value]) => `${name}=${value}`);
  return `#${said.join("&")}`;
}
