/** Node: the one that runs this, and the other versions as the npm registry has them. */
import { join } from "node:path";

const own = { name: "node 20", packages: [], command: () => [process.execPath] };
const others = ["22.23.3", "24.21.0", "26.10.0"].map((version) => ({
  name: `node ${Number.parseInt(version, 10)}`,
  packages: [`node@${version}`],
  command: (packages) => [join(packages, "node_modules/node/bin/node")],
}));

export const engines = [own, ...others].map(({ command, ...engine }) => ({
  ...engine,
  command: (packages) => [...command(packages), "program.mjs"],
  place: { platform: "node", lacks: {} },
}));
