/**
 * What takes the place of pieces of `process` in asc's shim for WASI: those would keep objects for
 * all tasks, or a variable that each worker has of its own. The tool that builds guests moves this
 * class into the shim's own file, beside the namespace of the same name.
 */
import {
  args_get,
  args_sizes_get,
  environ_get,
  environ_sizes_get,
  proc_exit,
} from "bindings/wasi_snapshot_preview1";

// biome-ignore lint/complexity/noStaticOnlyClass: a namespace has no getters.
export class wasi_process {
  /** How the program was called: Node, the script, and what follows. A new list each time. */
  static get argv(): string[] {
    const sizes = __scratch();
    args_sizes_get(sizes, sizes + 4);
    const texts = new Texts(load<u32>(sizes), load<u32>(sizes, 4));
    args_get(texts.places, texts.first);
    return texts.list();
  }

  /** The variables of its environment. A new map each time. */
  static get env(): Map<string, string> {
    const sizes = __scratch();
    environ_sizes_get(sizes, sizes + 4);
    const texts = new Texts(load<u32>(sizes), load<u32>(sizes, 4));
    environ_get(texts.places, texts.first);
    const pairs = texts.list();
    const variables = new Map<string, string>();
    for (let index = 0; index < pairs.length; index++) {
      const pair = pairs[index];
      const end = pair.indexOf("=");
      variables.set(pair.substring(0, end), pair.substring(end + 1));
    }
    return variables;
  }

  /** Ends the task, and nothing else: its handle rejects with the code. */
  static exit(code: i32 = 0): void {
    proc_exit(code);
  }
}

/** Room for texts as WASI gives them: where each of them is, and then all, each up to a zero. */
class Texts {
  private buffer: ArrayBuffer;

  constructor(
    private count: u32,
    private size: u32,
  ) {
    this.buffer = new ArrayBuffer(count * 4 + size);
  }

  get places(): usize {
    return changetype<usize>(this.buffer);
  }

  get first(): usize {
    return this.places + this.count * 4;
  }

  list(): string[] {
    const texts = new Array<string>(this.count);
    let end = this.first + this.size;
    for (let index = <i32>this.count - 1; index >= 0; index--) {
      const from = <usize>load<u32>(this.places + index * 4);
      texts[index] = String.UTF8.decodeUnsafe(from, end - from - 1);
      end = from;
    }
    return texts;
  }
}
