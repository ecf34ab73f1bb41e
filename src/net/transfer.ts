/**
 * Sockets on their way to another thread of the runtime.
 *
 * What travels is a descriptor: whoever holds the number owns it, and has to adopt or to close it.
 * Only the Linux reactor has descriptors to give.
 *
 * @module
 */

import { IO_EITHER, IO_READERS, IO_WRITERS } from "../../assembly/shared/layout.ts";
import { context } from "../core/context.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import { registerSendable } from "../task/send.ts";
import type { Endpoint, StreamBackend } from "./backend.ts";
import { alive } from "./halves.ts";
import { closeDescriptor, hasDescriptors, reactorOf } from "./reactor.ts";
import { listenerSocketOf, TcpListener } from "./tcp-listener.ts";
import { socketOf, TCP_STREAM, TcpStream } from "./tcp-stream.ts";

/** What a stream is while it travels. */
interface StreamInTransit {
  readonly fd: number;
  /** The other side, if it is known: only those who can be asked before they fail tell later. */
  readonly peer: Endpoint | undefined;
}

registerSendable<TcpStream, StreamInTransit>(TCP_STREAM, {
  is: (value): value is TcpStream => value instanceof TcpStream,
  refuse: (stream) => whyNot(socketOf(stream)),
  detach: detachForTransfer,
  restore: (stream, { fd }) => socketOf(stream).attach(fd),
  adopt: adoptTransferred,
  discard: ({ fd }) => closeDescriptor(fd),
});

/** Why this stream cannot move now; undefined if it can. */
function whyNot(socket: StreamBackend): string | undefined {
  if (!hasDescriptors()) {
    return "a TcpStream of the std reactor, which stays on the worker where it was made";
  }
  if (socket.slot === 0) return `a TcpStream that cannot be used: ${socket.gone}`;
  const { u32 } = socket.thread;
  const isAwaited = [IO_READERS, IO_WRITERS, IO_EITHER].some(
    (list) => u32[(socket.slot + list) >> 2] !== 0,
  );
  return isAwaited ? "a TcpStream that somebody still waits for" : undefined;
}

/** Takes a stream out of this thread; it cannot be used here afterwards. */
function detachForTransfer(stream: TcpStream): StreamInTransit {
  const socket = alive(socketOf(stream), "send");
  const fd = socket.detach();
  if (fd === undefined) throw cannotMove("TcpStream");
  return { fd, peer: socket.about };
}

/** Makes a stream of this thread from what another one gave up. */
function adoptTransferred({ fd, peer }: StreamInTransit): TcpStream {
  const backend = reactorOf(context().thread).adoptStream?.(fd, peer);
  if (backend === undefined) throw cannotMove("TcpStream");
  return new TcpStream(backend);
}

/**
 * A descriptor of its own for the same listening socket, to be given to another thread. The
 * listener stays good.
 *
 * @throws {UnsupportedError} On the std reactor.
 */
export function listenerFd(listener: TcpListener): number {
  const fd = alive(listenerSocketOf(listener), "serve").duplicate();
  if (fd === undefined) throw cannotMove("TcpListener");
  return fd;
}

/**
 * Makes a listener of this thread from what {@linkcode listenerFd} returned on another. A
 * connection wakes one of those who share the socket; it is closed with the last of them.
 */
export function adoptListener(fd: number): TcpListener {
  const backend = reactorOf(context().thread).adoptListener?.(fd);
  if (backend === undefined) throw cannotMove("TcpListener");
  return new TcpListener(backend);
}

function cannotMove(what: string): UnsupportedError {
  return new UnsupportedError(`${what} on another thread`, "the std reactor", "the linux reactor");
}
