/**
 * Handles that cross between TypeScript and a guest, as the manifest calls them.
 *
 * @module
 */

import type { GuestCarrier, GuestHandleType } from "../../core/manifest.ts";
import { NUMBERS, type NumberName } from "../../sync/numbers.ts";
import type { Type } from "./compiler.ts";

/** By their places in what guests import. */
const PLAIN: Readonly<Record<string, GuestHandleType>> = {
  "~lib/tokiwa/assembly/semaphore/Semaphore": "Semaphore",
  "~lib/tokiwa/assembly/notify/Notify": "Notify",
  "~lib/tokiwa/assembly/cancellation-token/CancellationToken": "CancellationToken",
  "~lib/tokiwa/assembly/barrier/Barrier": "Barrier",
};
const CARRIERS: Readonly<Record<string, GuestCarrier>> = {
  "~lib/tokiwa/assembly/mutex/Mutex": "Mutex",
  "~lib/tokiwa/assembly/rwlock/RwLock": "RwLock",
  "~lib/tokiwa/assembly/mpsc/Sender": "mpsc.Sender",
  "~lib/tokiwa/assembly/mpsc/Receiver": "mpsc.Receiver",
  "~lib/tokiwa/assembly/oneshot/Sender": "oneshot.Sender",
  "~lib/tokiwa/assembly/broadcast/Sender": "broadcast.Sender",
  "~lib/tokiwa/assembly/broadcast/Receiver": "broadcast.Receiver",
  "~lib/tokiwa/assembly/watch/Sender": "watch.Sender",
  "~lib/tokiwa/assembly/watch/Receiver": "watch.Receiver",
  "~lib/tokiwa/assembly/once/OnceCell": "OnceCell",
  "~lib/tokiwa/assembly/once/SetOnce": "SetOnce",
};

/** What a handle's type is called; undefined if it is none that can cross. */
export function handleOf(type: Type): GuestHandleType | undefined {
  const name = type.toString();
  const carrier = name.endsWith(">") ? CARRIERS[name.slice(0, name.indexOf("<"))] : undefined;
  if (carrier === undefined) return PLAIN[name];
  const [message] = type.classReference?.typeArguments ?? [];
  const of = message && messageName(message);
  return of === undefined ? undefined : `${carrier}<${of}>`;
}

/** What `codec` calls messages of a type; undefined if it has none for them. */
function messageName(type: Type): string | undefined {
  const name = type.toString();
  const number = numberName(name);
  if (number !== undefined) return number;
  if (name === "~lib/string/String") return "string";
  if (/^~lib\/(arraybuffer\/ArrayBuffer|typedarray\/\w+|array\/Array<\w+>)$/.test(name)) {
    return "buffer";
  }
  const isOwn = !type.isNullableReference && !name.startsWith("~lib/");
  return type.isManaged && isOwn ? structName(type) : undefined;
}

/** The fields of a class in the order in which they stand; undefined if one is no number. */
function structName(type: Type): string | undefined {
  const fields = [...(type.classReference?.members?.values() ?? [])].flatMap(
    ({ name, instance }) => (instance?.isField ? [{ name, field: instance }] : []),
  );
  fields.sort((one, other) => one.field.memoryOffset - other.field.memoryOffset);
  const list = fields.map(({ name, field }) => [name, numberName(field.type.toString())]);
  if (list.length === 0 || list.some(([, number]) => number === undefined)) return undefined;
  return `{ ${list.map((field) => field.join(": ")).join(", ")} }`;
}

function numberName(name: string): NumberName | undefined {
  if (name === "isize") return "i32";
  if (name === "usize") return "u32";
  return name in NUMBERS ? (name as NumberName) : undefined;
}
