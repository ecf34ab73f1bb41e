/** The page: workers count primes, and it shows how many there are. */
import { Runtime } from "tokiwa";
import { countPrimes } from "./tasks.js";

const runtime = await Runtime.create({
  startWorker: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
});

const starts = Array.from({ length: 20 }, (_, index) => index * 10_000);
const counts = await Promise.all(
  starts.map((from) => runtime.spawn(countPrimes, from, from + 10_000)),
);
const sum = counts.reduce((sum, count) => sum + count, 0);
document.querySelector("output").value = `${sum} (${runtime.flavor})`;
