import { declareSuite, type Lacks } from "./declare-suite.ts";
import { openSuite } from "./page.ts";

const sockets = "browsers open none";
const apart: Lacks = {
  sockets,
  threads: "pages without the two headers may not share memory",
  blocking: "it takes threads",
};

declareSuite("chromium, isolated", { sockets }, await openSuite(true, { sockets }));
declareSuite("chromium, not isolated", apart, await openSuite(false, apart));
