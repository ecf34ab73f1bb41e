/** Throws unless both are the same, as far as JSON tells. */
export function equal(found, wanted) {
  const [was, is] = [found, wanted].map((value) => JSON.stringify(value));
  if (was !== is) throw new Error(`expected ${is}, found ${was}`);
}

/** Throws unless `fact` holds. */
export function holds(fact, text) {
  if (!fact) throw new Error(`does not hold: ${text}`);
}

/** What `promise` rejects with, or what `promise` throws if it is a function. */
export async function failure(promise) {
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure, found none");
}

/** Resolves once `isDone` holds. */
export async function until(isDone) {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Runs `body` with a runtime, which is shut down afterwards. */
export async function within({ Runtime }, options, body) {
  const runtime = await Runtime.create(options);
  try {
    await body(runtime);
  } finally {
    await runtime.shutdown();
  }
}
