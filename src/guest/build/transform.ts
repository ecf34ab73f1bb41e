/**
 * What makes a guest of an AssemblyScript program, as a transform for asc: it sees the program
 * after each step of the compiler.
 *
 * Everything happens in here, so that `asc --config` makes the same module as `tokiwa build`.
 *
 * @module
 */

import { GUEST_ABI, type GuestManifest, MANIFEST_SECTION } from "../../core/manifest.ts";
import { asyncify } from "./asyncify.ts";
import {
  type Binaryen,
  type BinaryenModule,
  type Compiler,
  loadCompiler,
  type Parser,
  type Program,
} from "./compiler.ts";
import { refuseCrossings } from "./crossings.ts";
import { type CalledFunction, type Declared, defineDeclared, functionsIn } from "./functions.ts";
import { replaceSources, replaceStaticBuffer } from "./library.ts";
import { refuseGlobals, refuseImports, refuseOptions, staticsOf } from "./refusals.ts";
import { refuseRepeats } from "./repeats.ts";
import { addWrappers, candidatesIn, type Refuse, type Task, tasksIn } from "./tasks.ts";
import { splitTemplates } from "./templates.ts";
import { mendShim } from "./wasi-shim.ts";

/** One build's transform. asc makes it, and gives it the program and Binaryen. */
export class GuestTransform {
  declare readonly program: Program;
  declare readonly binaryen: Binaryen;
  #compiler!: Compiler;
  #candidates!: ReturnType<typeof candidatesIn>;
  #tasks!: Task[];
  #declared!: Declared[];
  #functions!: CalledFunction[];
  #isRefused = false;

  async afterParse(parser: Parser): Promise<void> {
    this.#compiler = await loadCompiler();
    refuseRepeats(parser, this.#compiler, this.#refuse);
    await replaceSources(parser, this.#compiler);
    replaceStaticBuffer(parser, this.#compiler);
    await mendShim(parser, this.program, this.#compiler);
    this.#declared = await defineDeclared(parser, this.#compiler);
    this.#candidates = candidatesIn(parser, this.#compiler, this.#refuse);
    addWrappers(parser, this.#candidates);
    splitTemplates(parser, this.#compiler);
  }

  afterInitialize(program: Program): void {
    refuseOptions(program, this.#refuse);
    this.#tasks = tasksIn(program, this.#candidates, this.#refuse);
    this.#functions = functionsIn(program, this.#declared, this.#refuse);
  }

  afterCompile(module: BinaryenModule): void {
    const { program } = this;
    refuseGlobals(program, this.#compiler, this.#refuse);
    refuseCrossings(program, this.binaryen, this.#refuse);
    const statics = staticsOf(program, module, this.#refuse);
    if (this.#isRefused) return;
    this.#keepExports(module);
    asyncify(program, this.binaryen, module);
    refuseImports(this.binaryen, module, this.#refuse);
    this.#keepExports(module);
    const manifest: GuestManifest = {
      abi: GUEST_ABI,
      statics,
      tasks: this.#tasks,
      functions: this.#functions,
    };
    const text = new TextEncoder().encode(JSON.stringify(manifest));
    module.addCustomSection(MANIFEST_SECTION, text);
  }

  /** Lets go of wrappers that nobody needs, and of all that is no task. */
  #keepExports(module: BinaryenModule): void {
    const kept = new Set(["table", ...this.#tasks.map((task) => task.export)]);
    const names = Array.from({ length: module.getNumExports() }, (_, index) => {
      return this.binaryen.getExportInfo(module.getExportByIndex(index)).name;
    });
    for (const name of names) if (!kept.has(name)) module.removeExport(name);
  }

  readonly #refuse: Refuse = (range, message) => {
    this.#isRefused = true;
    this.program.error(this.#compiler.DiagnosticCode.User_defined_0, range, message);
  };
}

export { GuestTransform as default };
