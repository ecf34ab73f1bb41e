import * as tokiwa from "tokiwa";
import * as net from "tokiwa/net";
import { buildFixture } from "../support/guests.ts";
import { declareSuite } from "./declare-suite.ts";
import { runCase } from "./suite/suite.mjs";

const guest = await buildFixture("portable");
const lacks = {};

declareSuite("node", lacks, (feature, name) =>
  runCase({ tokiwa, net, guest, lacks }, feature, name),
);
