import { describe, expect, test } from "vitest";
import { Deque } from "../../src/sync/deque.ts";

describe("Deque", () => {
  test("keeps the order while it grows, from wherever it begins", () => {
    for (const begin of [0, 1, 7, 15, 16]) {
      const deque = new Deque<number>();
      for (let value = 0; value < begin; value++) deque.push(value);
      for (let value = 0; value < begin; value++) expect(deque.shift()).toBe(value);
      for (let value = 0; value < 10_000; value++) deque.push(value);
      expect(deque.length).toBe(10_000);
      const seen = Array.from({ length: 10_000 }, () => deque.shift());
      expect(seen.every((value, at) => value === at)).toBe(true);
      expect(deque.length).toBe(0);
    }
  });

  test("takes more once it was cleared, or has given its room back", () => {
    const deque = new Deque<string>();
    deque.push("lost");
    deque.clear();
    expect(deque.length).toBe(0);
    deque.push("kept");
    expect(deque.shift()).toBe("kept");
  });
});
