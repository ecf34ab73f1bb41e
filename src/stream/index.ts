/**
 * Streams: many values to come.
 *
 * @module
 */

import "../runtime/default.ts";

export { END } from "../sync/iterate.ts";
export { Closed } from "./limits.ts";
export { empty, from, iter, once, pending, pollFn } from "./make.ts";
export { type End, type SizeHint, Source } from "./source.ts";
export { ChunksTimeout, Peekable, Stream } from "./stream.ts";
export { StreamMap } from "./stream-map.ts";
export { type Sink, toWritable } from "./web.ts";
export {
  BroadcastStream,
  IntervalStream,
  JoinSetStream,
  ReceiverStream,
  TcpListenerStream,
  WatchStream,
} from "./wrappers.ts";
