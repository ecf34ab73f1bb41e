/**
 * The process that a guest runs in. It takes the place of the library's `process`, whose lists are
 * objects that all tasks would share: here each call makes a new one.
 */
import { argument, exit, variable } from "./env";
import { now } from "./time";
import * as core from "./tokiwa";
import { unpack } from "./values";

// biome-ignore lint/complexity/noStaticOnlyClass: a namespace has no getters.
export class process {
  static get arch(): string {
    return "wasm32";
  }

  static get platform(): string {
    return "wasm";
  }

  /** How the program was called: Node, the script, and what follows. */
  static get argv(): string[] {
    const list: string[] = [];
    for (let text = argument(0); text != 0; text = argument(list.length)) list.push(taken(text));
    return list;
  }

  /** The variables of its environment. */
  static get env(): Map<string, string> {
    const variables = new Map<string, string>();
    let index: u32 = 0;
    for (let text = variable(0); text != 0; text = variable(++index)) {
      const pair = taken(text);
      const end = pair.indexOf("=");
      variables.set(pair.substring(0, end), pair.substring(end + 1));
    }
    return variables;
  }

  /** Ends the task, and nothing else: its handle rejects with the code. */
  static exit(code: i32 = 0): void {
    exit(code);
  }

  /** Milliseconds since 1970. */
  static time(): i64 {
    return Date.now();
  }

  /** Nanoseconds on the runtime's clock. */
  static hrtime(): u64 {
    return <u64>(now() * 1000000);
  }
}

/** The text of a block, which is freed. */
function taken(block: usize): string {
  const text = unpack<string>(block);
  core.guestHeapRelease(block);
  return text;
}
