/** The portable tasks: any worker may run them. */
import { task } from "tokiwa";

export const countPrimes = task(import.meta, "countPrimes", (from, to) => {
  let count = 0;
  for (let number = Math.max(2, from); number < to; number++) if (isPrime(number)) count++;
  return count;
});

function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) return false;
  }
  return true;
}
