// What Comlink's side of a web worker is.
import { expose } from "../node_modules/comlink/dist/esm/comlink.mjs";

expose({ increment: (x) => x + 1 });
