/**
 * A transform for asc that inlines far more than asc does by itself.
 *
 * V8 compiles each function of a module for itself, so that a call costs some nanoseconds; and what
 * the core does for one task are some sixty small functions. Measured: a fifth to two fifths of the
 * time of spawning, joining, sending and locking goes, for two thirds more bytes.
 *
 * The limits are in Binaryen's units of size; larger ones cost more bytes than they save time.
 */
const SIZE_MAX = 100;
/** Of a function that is called from one place. */
const ONE_CALLER_SIZE_MAX = 4000;

export default class Inline {
  afterCompile(module) {
    const { binaryen, program } = this;
    const { optimizeLevelHint, shrinkLevelHint, debugInfo } = program.options;
    program.module.optimize(optimizeLevelHint, shrinkLevelHint, debugInfo);
    // After asc's own optimisation, which sets limits of its own.
    binaryen.setAlwaysInlineMaxSize(SIZE_MAX);
    binaryen.setFlexibleInlineMaxSize(SIZE_MAX);
    binaryen.setOneCallerInlineMaxSize(ONE_CALLER_SIZE_MAX);
    binaryen.setAllowInliningFunctionsWithLoops(true);
    module.runPasses(["inlining-optimizing"]);
  }
}
