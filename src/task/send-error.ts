/**
 * Errors on their way to another worker: apart, and together again.
 *
 * @module
 */

import { CancelledError } from "../error/cancelled.ts";
import { ClosedError } from "../error/closed.ts";
import { CoreFault } from "../error/core-fault.ts";
import { ElapsedError } from "../error/elapsed.ts";
import { JoinError } from "../error/join-error.ts";
import { NetError } from "../error/net-error.ts";
import { NotSendError } from "../error/not-send.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { TaskLocalUnsetError } from "../error/task-local-unset.ts";
import { UnexpectedEndError } from "../error/unexpected-end.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import { isPlainSend } from "./send-check.ts";

/**
 * An error as a list: its class, name, message and stack, then pairs of key and value. A `.`
 * stands before the keys of ordinary properties, a `#` before those that are not enumerable:
 * `cause`, and `errors` of an AggregateError.
 */
export type ErrorParts = unknown[];

/** Where the pairs begin. */
const PAIRS = 4;

/** The classes that every worker has. The nearest one that an error descends from is kept. */
const CLASSES = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  CancelledError,
  ClosedError,
  CoreFault,
  ElapsedError,
  JoinError,
  NetError,
  NotSendError,
  OutOfMemoryError,
  TaskLocalUnsetError,
  UnexpectedEndError,
  UnsupportedError,
  DOMException,
};
const PROTOTYPES = new Map<string, object>(
  Object.entries(CLASSES).map(([name, type]) => [name, type.prototype]),
);
const NAMES = new Map<unknown, string>([...PROTOTYPES].map(([name, type]) => [type, name]));

/**
 * Takes an error apart. Fields, causes and members that cannot move are left behind: an error that
 * came through is worth more than a second error about the first.
 */
export function errorToParts(error: Error): ErrorParts {
  const parts: ErrorParts = [classOf(error), text(error.name), text(error.message), error.stack];
  const add = (key: string, value: unknown) => {
    if (isPlainSend(value)) parts.push(key, value);
  };
  if (error.cause !== undefined) add("#cause", error.cause);
  if (error instanceof AggregateError) add("#errors", error.errors.filter(isPlainSend));
  const fields = error as unknown as Record<string, unknown>;
  for (const key of Object.keys(error)) add(`.${key}`, fields[key]);
  return parts;
}

function classOf(error: Error): string {
  let prototype = Object.getPrototypeOf(error);
  while (prototype !== null && !NAMES.has(prototype)) prototype = Object.getPrototypeOf(prototype);
  return NAMES.get(prototype) ?? "Error";
}

/** What should be a string, but may be anything. */
function text(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

/** An error of the right class, with its name, message and stack, and nothing else yet. */
export function errorShell(parts: ErrorParts): Error {
  const [className, name, message, stack] = parts as [string, string, string, string | undefined];
  const error = emptyError(className, name, message);
  if (error.name !== name) define(error, "name", name, false);
  define(error, "stack", stack, false);
  return error;
}

function emptyError(className: string, name: string, message: string): Error {
  // The one class whose name and message are not properties of the object.
  if (className === "DOMException") return new DOMException(message, name);
  const error = className === "AggregateError" ? new AggregateError([], message) : Error(message);
  const prototype = PROTOTYPES.get(className) ?? Error.prototype;
  return Object.getPrototypeOf(error) === prototype
    ? error
    : Object.setPrototypeOf(error, prototype);
}

/** Gives a shell the rest of its properties. */
export function fillError(error: Error, parts: ErrorParts): void {
  for (let index = PAIRS; index < parts.length; index += 2) {
    const key = parts[index] as string;
    define(error, key.slice(1), parts[index + 1], key.startsWith("."));
  }
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, configurable: true, enumerable, writable: true });
}
