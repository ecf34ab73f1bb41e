/**
 * The portable conformance suite: what tokiwa promises on every platform. It needs nothing but
 * tokiwa itself, so that it runs wherever that does.
 *
 * A case gets the place that it runs in: `tokiwa`, the module; `net`, that of sockets; `guest`,
 * where the built fixture `portable` is; `platform`, its name; and `lacks`, the features that are
 * not there, each with the reason. A feature has `cases`, and
 * `without`: what holds instead where it lacks.
 *
 * @module
 */
import { abort } from "./abort.mjs";
import { blocking } from "./blocking.mjs";
import { channels } from "./channels.mjs";
import { guests } from "./guests.mjs";
import { reactor } from "./reactor.mjs";
import { rt } from "./rt.mjs";
import { sockets } from "./sockets.mjs";
import { spawn } from "./spawn.mjs";
import { threads } from "./threads.mjs";
import { timers } from "./timers.mjs";

export const FEATURES = {
  rt,
  spawn,
  abort,
  timers,
  channels,
  guests,
  threads,
  blocking,
  sockets,
  reactor,
};

/** The names of what is to be run where `lacks` is missing: pairs of feature and case. */
export function casesFor(lacks) {
  return Object.keys(FEATURES).flatMap((feature) =>
    Object.keys(bodiesOf(feature, lacks)).map((name) => [feature, name]),
  );
}

/** Runs one case. Throws if it fails. */
export async function runCase(place, feature, name) {
  await bodiesOf(feature, place.lacks)[name](place);
}

function bodiesOf(feature, lacks) {
  const { cases, without = {} } = FEATURES[feature];
  return feature in lacks ? without : cases;
}
