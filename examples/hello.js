// Spawning, waiting, aborting: the first minute with tokiwa.
//
//   node examples/hello.js

import { JoinSet, main, sleep, spawn, taskId, timeout } from "tokiwa";

await main(async () => {
  // A task runs on without being awaited; its handle waits for its value.
  const answer = spawn(async () => {
    await sleep(10);
    return 6 * 7;
  });
  console.log("the answer is", await answer);

  // A set joins its tasks in the order in which they end.
  const set = new JoinSet();
  for (const delay of [30, 10, 20]) {
    set.spawn(async () => {
      await sleep(delay);
      return `task ${taskId()} slept ${delay} ms`;
    });
  }
  for await (const settled of set) if (settled.ok) console.log(settled.value);

  // Aborting runs `finally`, at the wait where the task stands.
  const patient = spawn(async () => {
    try {
      await sleep(60_000);
    } finally {
      console.log("cleaned up");
    }
  });
  try {
    await timeout(20, patient);
  } catch (error) {
    console.log(error.message);
    patient.abort();
  }
  await patient.catch((error) => console.log(error.message));
});
