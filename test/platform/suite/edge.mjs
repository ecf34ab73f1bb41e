/** The suite's place at the edge: a handler that runs one case for each request. */
import * as tokiwa from "tokiwa";
import * as net from "tokiwa/net";
import { runCase } from "./suite.mjs";

export default {
  /** Answers with what has gone wrong, if something has. */
  async fetch(request) {
    const { place, feature, name } = await request.json();
    try {
      await runCase({ tokiwa, net, ...place }, feature, name);
      return Response.json({});
    } catch (error) {
      return Response.json({ problem: error.stack });
    }
  },
};
