import { nodeResolve } from "@rollup/plugin-node-resolve";

export default {
  input: ["app.js", "worker.js"],
  output: { dir: "dist" },
  plugins: [nodeResolve({ browser: true })],
};
