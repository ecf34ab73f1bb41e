// Workers of `multithreading` that share its mutex. It wants two things that Node 20 lacks.
globalThis.navigator ??= { hardwareConcurrency: 2 };
Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
const { initRuntime, move, Mutex, spawn } = await import("multithreading");

/** So many workers lock and unlock one mutex n times in all; how far each got the count. */
export function lockOnWorkers(workers) {
  initRuntime({ maxWorkers: workers });
  return async (n) => {
    const counts = new Int32Array(new SharedArrayBuffer(4));
    const mutex = new Mutex(counts);
    const count = async (shared, times) => {
      for (let i = 0; i < times; i++) {
        const guard = await shared.lock();
        guard.value[0] += 1;
        guard.dispose();
      }
    };
    const counting = Array.from({ length: workers }, () =>
      spawn(move(mutex, n / workers), count).join(),
    );
    await Promise.all(counting);
    return counts[0];
  };
}
