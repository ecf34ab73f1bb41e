/** A transform for asc that comes before that of guests, and keeps asyncify from running. */
export default {
  afterCompile(module) {
    module.runPasses = () => {};
  },
};
