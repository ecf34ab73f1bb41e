/**
 * Networking: TCP listeners and streams, addresses, name lookup.
 *
 * @module
 */

import "../runtime/default.ts";
import "./serve.ts";
import "./transfer.ts";

export { NetError, type NetErrorParts } from "../error/net-error.ts";
export { ReuniteError } from "../error/reunite.ts";
export { UnexpectedEndError } from "../error/unexpected-end.ts";
export { ReadHalf, type ReadToEndOptions, WriteHalf } from "./halves.ts";
export { lookupHost } from "./lookup.ts";
export { OwnedReadHalf, OwnedWriteHalf } from "./owned-halves.ts";
export { reactorName } from "./reactor.ts";
export { Interest, Ready } from "./ready.ts";
export { SocketAddr, type SocketAddrLike, type ToSocketAddrs } from "./socket-addr.ts";
export {
  type Accepted,
  type ConnectionHandler,
  type ListenOptions,
  TcpListener,
} from "./tcp-listener.ts";
export { type ConnectOptions, type KeepaliveOptions, TcpStream } from "./tcp-stream.ts";
