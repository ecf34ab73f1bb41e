/** Deno, with all permissions and without the one for calls into libc. */
import { join } from "node:path";

const lacks = { reactor: "Deno calls libc only if it may: --allow-ffi" };
const some = ["read", "env", "sys", "net"].map((what) => `--allow-${what}`);

export const engines = [
  { name: "deno 2", allowed: ["--allow-all"], lacks: {} },
  { name: "deno 2 without FFI", allowed: some, lacks },
].map(({ name, allowed, lacks }) => ({
  name,
  packages: ["deno@2.9.6"],
  command: (packages) => [
    join(packages, "node_modules/.bin/deno"),
    ...["run", "--no-lock", "--no-prompt", ...allowed],
    "program.mjs",
  ],
  place: { platform: "deno", lacks },
}));
