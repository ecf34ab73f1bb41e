/** The suite's place in a page: what the tests of browsers call from outside. */
import * as tokiwa from "tokiwa";
import { runCase } from "./suite.mjs";

const net = await import("/net.mjs");
const guest = new URL("/portable.wasm", location.href);
const needs = ["Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"];

/** Tells what has gone wrong, if something has. */
globalThis.problemOf = async ([lacks, feature, name]) => {
  try {
    await runCase({ tokiwa, net, guest, lacks, needs, platform: "browser" }, feature, name);
    return undefined;
  } catch (error) {
    return error.stack;
  }
};
