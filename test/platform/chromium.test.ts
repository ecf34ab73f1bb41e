import { declareSuite, type Lacks } from "./declare-suite.ts";
import { openSuite } from "./page.ts";

const sockets = "browsers open none";
const reactor = "it is for sockets";
const apart: Lacks = {
  sockets,
  reactor,
  threads: "pages without the two headers may not share memory",
  blocking: "it takes threads",
};

declareSuite(
  "chromium, isolated",
  { sockets, reactor },
  await openSuite(true, { sockets, reactor }),
);
declareSuite("chromium, not isolated", apart, await openSuite(false, apart));
