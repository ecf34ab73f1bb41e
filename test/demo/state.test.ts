import { describe, expect, test } from "vitest";
import { formatState, initialState, parseState, type State } from "../../web-demo/state.ts";

const initial = initialState(4);

describe("the permanent link", () => {
  test("says everything that is chosen", () => {
    const state: State = {
      workers: 7,
      tasks: 10_000,
      imbalance: 35,
      drain: 0,
      mode: "one",
      theme: "dark",
    };
    expect(parseState(formatState(state), initial)).toEqual(state);
    expect(parseState(formatState(initial), initialState(1))).toEqual(initial);
  });

  test("leaves alone what it does not say, or says wrongly", () => {
    expect(parseState("", initial)).toEqual(initial);
    const wrong = "#workers=0&tasks=7&imbalance=101&drain=x&mode=some&theme=";
    expect(parseState(wrong, initial)).toEqual(initial);
    expect(parseState("#workers=9&drain=1.5", initial)).toEqual(initial);
    expect(parseState("#drain=20", initial)).toEqual({ ...initial, drain: 20 });
  });

  test("begins with as many workers as there are cores, up to eight", () => {
    expect([1, 2, 64].map((cores) => initialState(cores).workers)).toEqual([1, 2, 8]);
  });
});
