// p-limit, as a lock: one at a time.
import pLimit from "p-limit";

/** So many tasks lock and unlock, n times in all, held across a promise that is settled. */
export async function lockMany(n, tasks) {
  const limit = pLimit(1);
  const settled = Promise.resolve();
  let count = 0;
  const hold = async () => {
    await settled;
    count += 1;
  };
  const one = async () => {
    for (let i = 0; i < n / tasks; i++) await limit(hold);
  };
  await Promise.all(Array.from({ length: tasks }, one));
  return count;
}
