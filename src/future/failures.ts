/**
 * Several failures as one.
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
