/** Streams against arrays: what is made of the one is made of the other. */
import fc from "fast-check";
import { END, PENDING, stream } from "tokiwa";
import { type Stream, StreamMap } from "tokiwa/stream";
import { testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";

const test = testWith(base);

/** A stage of a pipeline, for streams and for arrays. */
interface Stage {
  readonly name: string;
  ofStream(items: Stream<number>): Stream<number>;
  ofArray(items: number[]): number[];
}

/** All before the first that does not match. */
const before = (items: number[], matches: (item: number) => boolean) => {
  const end = items.findIndex((item) => !matches(item));
  return end < 0 ? items : items.slice(0, end);
};

const stages = (number: number): Stage[] => {
  const isSmall = (item: number) => item < number * 10;
  const isOdd = (item: number) => item % 2 === 1;
  const halfOf = (item: number) => (isOdd(item) ? undefined : item / 2);
  const more = [number, number + 1];
  const of = (
    name: string,
    ofStream: (items: Stream<number>) => Stream<number>,
    ofArray: (items: number[]) => number[],
  ): Stage => ({ name: `${name}(${number})`, ofStream, ofArray });
  return [
    of(
      "map",
      (items) => items.map((item) => item + number),
      (items) => items.map((item) => item + number),
    ),
    of(
      "mapAsync",
      (items) => items.mapAsync(async (item) => item + number),
      (items) => items.map((item) => item + number),
    ),
    of(
      "filter",
      (items) => items.filter(isOdd),
      (items) => items.filter(isOdd),
    ),
    of(
      "filterMap",
      (items) => items.filterMap(halfOf),
      (items) => items.map(halfOf).filter((item) => item !== undefined),
    ),
    of(
      "mapWhile",
      (items) => items.mapWhile((item) => (isSmall(item) ? item * 2 : undefined)),
      (items) => before(items, isSmall).map((item) => item * 2),
    ),
    of(
      "take",
      (items) => items.take(number),
      (items) => items.slice(0, number),
    ),
    of(
      "skip",
      (items) => items.skip(number),
      (items) => items.slice(number),
    ),
    of(
      "takeWhile",
      (items) => items.takeWhile(isSmall),
      (items) => before(items, isSmall),
    ),
    of(
      "skipWhile",
      (items) => items.skipWhile(isSmall),
      (items) => items.slice(before(items, isSmall).length),
    ),
    of(
      "chain",
      (items) => items.chain(stream.iter(more)),
      (items) => [...items, ...more],
    ),
    of(
      "chunksTimeout",
      (items) => items.chunksTimeout(number + 1, 1e6).map((chunk) => chunk.length),
      (items) =>
        Array.from({ length: Math.ceil(items.length / (number + 1)) }, (_, at) =>
          Math.min(number + 1, items.length - at * (number + 1)),
        ),
    ),
    of(
      "fuse",
      (items) => items.fuse().peekable(),
      (items) => items,
    ),
    of(
      "through a web stream",
      (items) => stream.from(items.toReadable()),
      (items) => items,
    ),
  ];
};

const stage = fc.record({ number: fc.nat(4), which: fc.nat(99) }).map(({ number, which }) => {
  const all = stages(number);
  return all[which % all.length] as Stage;
});

/** A stream of these items, which is not ready in the polls that `pauses` says. */
function pausing(items: readonly number[], pauses: readonly boolean[]): Stream<number> {
  let [at, polls] = [0, 0];
  return stream.pollFn<number>((waker) => {
    if (pauses[polls++ % Math.max(1, pauses.length)] === true && polls < 1000) {
      waker.defer();
      return PENDING;
    }
    const item = items[at++];
    return item === undefined ? END : item;
  });
}

const source = fc.record({
  items: fc.array(fc.nat(50), { maxLength: 12 }),
  pauses: fc.array(fc.boolean(), { maxLength: 5 }),
});

test("operators do to streams what they do to arrays", async () => {
  await fc.assert(
    fc.asyncProperty(source, fc.array(stage, { maxLength: 5 }), async (from, pipeline) => {
      let made = pausing(from.items, from.pauses);
      let expected = [...from.items];
      for (const { ofStream, ofArray } of pipeline) {
        made = ofStream(made);
        expected = ofArray(expected);
        const [atLeast, atMost] = made.sizeHint;
        expect(expected.length).toBeGreaterThanOrEqual(atLeast);
        expect(expected.length).toBeLessThanOrEqual(atMost);
      }
      expect(await made.collect()).toEqual(expected);
      expect(await made.next()).toBeUndefined();
    }),
  );
});

test("merge and StreamMap keep the order of each, and lose nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 5 }), async (sources) => {
      const tagged = sources.map(({ items, pauses }, key) =>
        pausing(items, pauses).map((item) => [key, item] as [number, number]),
      );
      const merged = tagged.reduce((all, one) => all.merge(one), stream.empty<[number, number]>());
      const map = new StreamMap<number, number>();
      for (const [key, { items, pauses }] of sources.entries())
        map.set(key, pausing(items, pauses));
      for (const found of [await merged.collect(), await map.collect()]) {
        for (const [key, { items }] of sources.entries()) {
          const own = found.filter(([of]) => of === key).map(([, item]) => item);
          expect(own).toEqual(items);
        }
        expect(found).toHaveLength(sources.flatMap(({ items }) => items).length);
      }
    }),
  );
});
