import { afterEach, beforeEach, expect, test } from "vitest";
import {
  beginMacrotask,
  type Context,
  endCarrying,
  endDriving,
  isMacrotaskOpen,
  mayGoOn,
  runInside,
  setContextStore,
  tryContext,
} from "../../src/core/context.ts";
import { contextStore } from "../../src/platform/node/context-store.ts";

const thread = { isClosed: false, driver: { kick() {} } } as unknown as Context["thread"];
const outside: Context = { thread, task: undefined };
const one = taskOf();
const other = taskOf();

function taskOf(): Context {
  const task = { thread, id: 1, name: undefined, adopt() {}, disown() {}, takeAbort: () => false };
  return { thread, task: { ...task, task: undefined } };
}

beforeEach(() => setContextStore(undefined));
afterEach(() => {
  beginMacrotask();
  setContextStore(contextStore);
});

test("a macrotask is that of the first promise code that goes on in it", () => {
  beginMacrotask();
  expect(mayGoOn(one)).toBe(true);
  runInside(one, () => {});
  expect(isMacrotaskOpen()).toBe(false);
  expect([mayGoOn(one), mayGoOn(other), mayGoOn(outside)]).toEqual([true, false, false]);
});

test("code outside of tasks goes on together, within one runtime", () => {
  beginMacrotask();
  runInside(outside, () => {});
  expect(mayGoOn({ thread, task: undefined })).toBe(true);
  expect(mayGoOn({ thread: { ...thread } as typeof thread, task: undefined })).toBe(false);
});

test("a macrotask in which something else began all the same is nobody's", () => {
  beginMacrotask();
  runInside(one, () => {});
  runInside(other, () => {});
  expect([mayGoOn(one), mayGoOn(other)]).toEqual([false, false]);
});

test("behind code that has ended, anybody may go on", async () => {
  const seen: unknown[] = [];
  const leaveBehind = () => void Promise.resolve().then(() => seen.push(tryContext()));
  beginMacrotask();
  for (const task of [one, other]) {
    runInside(task, leaveBehind);
    endCarrying(task);
  }
  expect(isMacrotaskOpen()).toBe(true);
  await Promise.resolve();
  expect(seen).toEqual([one, other]);
});

test("when the driver has done its part, nobody new may go on", () => {
  beginMacrotask();
  endDriving();
  expect([mayGoOn(one), isMacrotaskOpen()]).toEqual([false, false]);
});

test("where a store carries contexts, anybody may go on anywhere", () => {
  setContextStore(contextStore);
  endDriving();
  expect(mayGoOn(one)).toBe(true);
});
