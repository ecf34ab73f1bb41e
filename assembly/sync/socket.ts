/**
 * A guest's socket: a primitive with a descriptor in it.
 *
 * Any worker makes its system calls, as its task runs anywhere. What epoll tells of it is counted
 * in ticks, one count for each direction. Whoever is about to make a call notes the count first. If
 * the call had to wait, that count is SEEN: nothing is to be had until there is another one.
 *
 * Invariants
 *   D1  A holder is a stake that keeps the descriptor open. The last one to go closes it, and only
 *       tasks that have a holder make calls: so none is made on a number that is somebody else's.
 *   D2  SEEN is a count after which a call had to wait. So equal counts mean that there is nothing,
 *       whoever stored them and when.
 *   D3  A descriptor belongs to the socket as soon as the system call has returned it, with no call
 *       in between, and until it is in WORKER_CLOSING of whoever closes it. So burials find it.
 *   D4  A socket that its maker has made known is in the list of those that are open, until whoever
 *       closes it takes it out.
 */
import * as list from "../collection/list";
import { runtimeAddress } from "../memory/region";
import {
  PRIMITIVE_CLOSED,
  PRIMITIVE_ENDED,
  PRIMITIVE_GENERATION,
  PRIMITIVE_KIND,
  PRIMITIVE_LOCK,
  PRIMITIVE_READERS,
  PRIMITIVE_REFERENCES,
  PRIMITIVE_SIZE,
  RUNTIME_SOCKETS,
  RUNTIME_SOCKETS_LOCK,
  SOCKET_FD,
  SOCKET_HOLDERS,
  SOCKET_NEXT,
  SOCKET_PREV,
  SOCKET_READ_SEEN,
  SOCKET_READ_TICKS,
  SOCKET_WRITE_SEEN,
  SOCKET_WRITE_TICKS,
  SOCKET_WRITERS,
  WORKER_CLOSING,
  WORKER_IO_DEREGISTERED,
  WORKER_IO_REGISTERED,
} from "../shared/layout";
import { SYNC_DONE } from "../shared/verdicts";
import { bump } from "../sys/counter";
import { closeSocket, shutdownSocket } from "../sys/host";
import { lock, unlock } from "../sys/lock";
import { myWorker } from "../sys/self";
import * as primitives from "./primitive";
import { Kind } from "./primitive";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

@unmanaged
export class Socket {
  lockWord: u32;
  /** Heads of lines of stakes. */
  writers: usize;
  readers: usize;
  generation: u32;
  references: u32;
  /** Always 0, as in a primitive that has neither. */
  closers: usize;
  block: usize;
  kind: u8;
  /** 1 if every write returns at once. */
  closed: u8;
  /** 1 if every read returns at once: there may be data before the end. */
  ended: u8;
  spare: u8;
  readTicks: u32;
  writeTicks: u32;
  /** Owned by whoever has the right to read, or to write. */
  readSeen: u32;
  writeSeen: u32;
  fd: i32;
  holders: u32;
  next: usize;
  prev: usize;
}
if (offsetof<Socket>("lockWord") != PRIMITIVE_LOCK) ERROR("Socket.lockWord moved");
if (offsetof<Socket>("writers") != SOCKET_WRITERS) ERROR("Socket.writers moved");
if (offsetof<Socket>("readers") != PRIMITIVE_READERS) ERROR("Socket.readers moved");
if (offsetof<Socket>("generation") != PRIMITIVE_GENERATION) ERROR("Socket.generation moved");
if (offsetof<Socket>("references") != PRIMITIVE_REFERENCES) ERROR("Socket.references moved");
if (offsetof<Socket>("kind") != PRIMITIVE_KIND) ERROR("Socket.kind moved");
if (offsetof<Socket>("closed") != PRIMITIVE_CLOSED) ERROR("Socket.closed moved");
if (offsetof<Socket>("ended") != PRIMITIVE_ENDED) ERROR("Socket.ended moved");
if (offsetof<Socket>("readTicks") != SOCKET_READ_TICKS) ERROR("Socket.readTicks moved");
if (offsetof<Socket>("writeTicks") != SOCKET_WRITE_TICKS) ERROR("Socket.writeTicks moved");
if (offsetof<Socket>("readSeen") != SOCKET_READ_SEEN) ERROR("Socket.readSeen moved");
if (offsetof<Socket>("writeSeen") != SOCKET_WRITE_SEEN) ERROR("Socket.writeSeen moved");
if (offsetof<Socket>("fd") != SOCKET_FD) ERROR("Socket.fd moved");
if (offsetof<Socket>("holders") != SOCKET_HOLDERS) ERROR("Socket.holders moved");
if (offsetof<Socket>("next") != SOCKET_NEXT) ERROR("Socket.next moved");
if (offsetof<Socket>("prev") != SOCKET_PREV) ERROR("Socket.prev moved");
if (offsetof<Socket>() > <usize>PRIMITIVE_SIZE) ERROR("Socket does not fit a primitive's slot");

/** Where in a socket the member of a list begins, whose links come behind a word of its own. */
const OPEN: usize = SOCKET_HOLDERS;

/** Ends one wait that is over. Returns what is owed for it, or 0 if there is none. */
export function grantNextLocked(socket: Socket): usize {
  const reader = socket.readers;
  if (reader != 0 && hasNews(reader, socket.readTicks, socket.ended)) {
    return stakes.grantLocked(changetype<usize>(socket) + PRIMITIVE_READERS, reader, SYNC_DONE);
  }
  const writer = socket.writers;
  if (writer != 0 && hasNews(writer, socket.writeTicks, socket.closed)) {
    return stakes.grantLocked(changetype<usize>(socket) + SOCKET_WRITERS, writer, SYNC_DONE);
  }
  return 0;
}

function hasNews(waiting: usize, ticks: u32, isOver: u8): bool {
  return isOver != 0 || changetype<Stake>(waiting).message != ticks;
}

/** Puts an open socket, which its maker alone knows, into the list. (D4) */
export function enlist(socket: Socket): void {
  const runtime = runtimeAddress();
  lock(runtime + RUNTIME_SOCKETS_LOCK);
  list.append(runtime + RUNTIME_SOCKETS, changetype<usize>(socket) + OPEN);
  unlock(runtime + RUNTIME_SOCKETS_LOCK);
  bump(WORKER_IO_REGISTERED, 1);
}

/** Takes a socket out of the list, if it is there. */
function delist(socket: Socket): void {
  const runtime = runtimeAddress();
  lock(runtime + RUNTIME_SOCKETS_LOCK);
  if (socket.prev != 0) {
    list.remove(runtime + RUNTIME_SOCKETS, changetype<usize>(socket) + OPEN);
    socket.prev = 0;
    bump(WORKER_IO_DEREGISTERED, 1);
  }
  unlock(runtime + RUNTIME_SOCKETS_LOCK);
}

/** The descriptor of the next socket that is open as the runtime ends, or -1. */
export function takeOpen(): i32 {
  // Ends with the list: each round takes one off. One may have been closed and not been taken off.
  while (true) {
    const first = load<usize>(runtimeAddress(), RUNTIME_SOCKETS);
    if (first == 0) return -1;
    const socket = changetype<Socket>(first - OPEN);
    delist(socket);
    if (socket.fd >= 0) return socket.fd;
  }
}

/** Is, or was, the stake a holder of a socket? */
export function mayHold(stake: Stake): bool {
  const role = stake.role;
  if (role == Role.Holder || role == Role.WriteHalf) return true;
  return role == Role.Handle && changetype<Socket>(stake.primitive).kind == Kind.Socket;
}

/**
 * What a holder does before it goes: the last one closes the socket. Done once more, after the
 * death of a thread that was at it, it does what was left. (D1, D3)
 */
export function abandon(stake: Stake): void {
  const socket = changetype<Socket>(stake.primitive);
  if (stake.role == Role.WriteHalf && socket.fd >= 0) shutdownSocket(socket.fd);
  primitives.enter(stake.primitive);
  if (stake.role != Role.Handle) {
    socket.holders -= 1;
    stake.role = <u8>Role.Handle;
  }
  const isLast = socket.holders == 0;
  if (isLast && socket.fd >= 0) {
    store<u32>(myWorker, <u32>(socket.fd + 1), WORKER_CLOSING); // D3
    socket.fd = -1;
  }
  primitives.leave(stake.primitive);
  if (!isLast) return;
  delist(socket);
  finishClosing(myWorker);
}

/** Closes what a worker, this one or a dead one, was about to close. */
export function finishClosing(worker: usize): void {
  const fd = load<u32>(worker, WORKER_CLOSING);
  if (fd == 0) return;
  closeSocket(<i32>(fd - 1));
  store<u32>(worker, 0, WORKER_CLOSING);
}
