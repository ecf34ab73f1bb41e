/**
 * How futures fail that are made of others, or are used wrongly.
 *
 * @module
 */

/**
 * A failure by itself, or one that holds them all.
 *
 * @param failures At least one, in the order in which they came.
 */
export function failureOf(action: string, failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1) return first;
  const error = new AggregateError(failures, `Cannot ${action}: ${failures.length} have failed`);
  error.cause = first;
  return error;
}

/** The error of a future that is polled although it has told its value, or was given up. */
export function endedFuture(): Error {
  return new Error("Cannot poll future: it has ended");
}
