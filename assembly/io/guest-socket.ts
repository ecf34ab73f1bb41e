/**
 * What tasks of guests do with their sockets, and what epoll tells of these.
 *
 * A call that could not be done without waiting says so. The task then waits for news, and calls
 * again. A call that did less than was asked for has emptied, or filled, what the system keeps: the
 * next one would have to wait, which spares a system call.
 */
import { beginBatch, endBatch } from "../queue/submit";
import {
  PRIMITIVE_READERS,
  SOCKET_WRITERS,
  WORKER_BYTES_READ,
  WORKER_BYTES_WRITTEN,
  WORKER_IO_READY,
  WORKER_READS,
  WORKER_WRITES,
} from "../shared/layout";
import {
  READABLE,
  SYNC_BUSY,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  WOULD_BLOCK,
  WRITABLE,
} from "../shared/verdicts";
import { drop } from "../sync/drop";
import * as handles from "../sync/handle";
import * as primitives from "../sync/primitive";
import { Kind } from "../sync/primitive";
import { enlist, grantNextLocked, Socket } from "../sync/socket";
import * as stakes from "../sync/stake";
import { Role, Stake } from "../sync/stake";
import { bump } from "../sys/counter";
import {
  acceptSocket,
  connectSocket,
  listenSocket,
  openSocket,
  receiveSocket,
  sendSocket,
  watchSocket,
} from "../sys/host";
import * as budget from "../task/budget";
import { ENDS_READS, ENDS_WRITES, readinessOf } from "./readiness";

/** The system's error for a full memory, negative. */
const ENOMEM = -12;

/** A socket that listens at an address: the stake that holds it open, or an error. */
export function listen(address: usize, units: u32, owner: usize): i32 {
  const stake = create(owner);
  if (stake == 0) return ENOMEM;
  const socket = socketOf(stake);
  socket.readTicks = 1; // Taken for ready until tried.
  socket.fd = openSocket(address, units);
  const refused = socket.fd < 0 ? 0 : listenSocket(socket.fd, address, units);
  return publish(stake, refused);
}

/** A socket that is being connected: the stake that holds it open, or an error. */
export function connect(address: usize, units: u32, owner: usize): i32 {
  const stake = create(owner);
  if (stake == 0) return ENOMEM;
  const socket = socketOf(stake);
  socket.fd = openSocket(address, units);
  const refused = socket.fd < 0 ? 0 : connectSocket(socket.fd, address, units);
  return publish(stake, refused);
}

/** The next connection: the stake that holds it open, WOULD_BLOCK, or an error. */
export function accept(listener: Socket, owner: usize): i32 {
  const noted = listener.readTicks;
  if (budget.isSpent() || !mayRead(listener, noted)) return WOULD_BLOCK;
  const stake = create(owner);
  if (stake == 0) return ENOMEM;
  const socket = socketOf(stake);
  socket.writeTicks = 1; // What can be read is not known: epoll tells it.
  socket.fd = acceptSocket(listener.fd);
  const result = publish(stake, 0);
  if (result == WOULD_BLOCK) disproveReads(listener, noted);
  else budget.proceed();
  return result;
}

/** How many bytes came to `at`; 0 at the end; WOULD_BLOCK, or an error. */
export function receive(socket: Socket, at: usize, bytes: u32, peeks: bool): i32 {
  const noted = socket.readTicks;
  if (budget.isSpent() || !mayRead(socket, noted)) return WOULD_BLOCK;
  const count = receiveSocket(socket.fd, at, bytes, peeks);
  if (count == WOULD_BLOCK) {
    disproveReads(socket, noted);
    return WOULD_BLOCK;
  }
  budget.proceed();
  if (count <= 0 || peeks) return count;
  // If it has ended, the end comes without news.
  if (<u32>count < bytes && !socket.ended) socket.readSeen = noted; // D2
  bump(WORKER_READS, 1);
  bump(WORKER_BYTES_READ, count);
  return count;
}

/** How many bytes were taken from `at`; WOULD_BLOCK, or an error. */
export function send(socket: Socket, at: usize, bytes: u32): i32 {
  const noted = socket.writeTicks;
  if (budget.isSpent() || !mayWrite(socket, noted)) return WOULD_BLOCK;
  const count = sendSocket(socket.fd, at, bytes);
  if (count == WOULD_BLOCK) {
    disproveWrites(socket, noted);
    return WOULD_BLOCK;
  }
  budget.proceed();
  if (count <= 0) return count;
  if (<u32>count < bytes && !socket.closed) socket.writeSeen = noted; // D2
  bump(WORKER_WRITES, 1);
  bump(WORKER_BYTES_WRITTEN, count);
  return count;
}

/**
 * Waits until the next call may be done: to write, or to read or accept. DONE if that is now, else
 * the stake that waits, or BUSY or NO_MEMORY.
 */
export function wait(address: usize, writes: bool, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const socket = changetype<Socket>(address);
  if (isReady(socket, writes)) return SYNC_DONE;
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  changetype<Stake>(stake).message = writes ? socket.writeSeen : socket.readSeen;
  primitives.enter(address);
  const waits = !isReady(socket, writes);
  if (waits) {
    stakes.joinLocked(stake, writes ? Role.Writable : Role.Readable);
    stakes.waitLocked(address + (writes ? SOCKET_WRITERS : PRIMITIVE_READERS), stake);
  }
  primitives.leave(address);
  if (waits) return stake;
  stakes.retire(stake);
  return SYNC_DONE;
}

/** Another holder of the running task's, or NO_MEMORY. The caller is one. */
export function hold(address: usize, role: Role, owner: usize): usize {
  const stake = stakes.create(address, owner, stakes.NOBODY);
  if (stake == 0) return SYNC_NO_MEMORY;
  primitives.enter(address);
  stakes.joinLocked(stake, role);
  changetype<Socket>(address).holders += 1; // D1
  primitives.leave(address);
  return stake;
}

/** Takes over what `epoll_wait` wrote: for each event its bits, a socket, the slot's generation. */
export function takeEvents(events: usize, count: u32, stride: u32, dataOffset: u32): void {
  beginBatch();
  for (let index: u32 = 0; index < count; index++) {
    const event = events + index * stride;
    const address = load<u32>(event + dataOffset);
    if (address == 0) continue; // The event descriptor that wakes a worker.
    raise(address, load<u32>(event + dataOffset + 4), readinessOf(load<u32>(event)));
    bump(WORKER_IO_READY, 1);
  }
  endBatch();
}

/** Counts news and tells those who wait for them, unless the socket was closed since. */
function raise(address: usize, generation: u32, bits: u32): void {
  const socket = changetype<Socket>(address);
  if (!enterCurrent(socket, generation)) return;
  if (bits & (READABLE | ENDS_READS)) socket.readTicks += 1;
  if (bits & (WRITABLE | ENDS_WRITES)) socket.writeTicks += 1;
  if (bits & ENDS_READS) socket.ended = 1;
  if (bits & ENDS_WRITES) socket.closed = 1;
  // Ends: each round but the last shortens a line. Without a stake of its own it must look each
  // time whether the socket is still there, which `settle` would not.
  while (true) {
    const owed = grantNextLocked(socket);
    const isOver = owed == 0 || (socket.readers | socket.writers) == 0;
    primitives.leave(address);
    if (owed != 0) stakes.tell(owed);
    if (isOver || !enterCurrent(socket, generation)) return;
  }
}

/** Enters a socket, unless it is no more. */
function enterCurrent(socket: Socket, generation: u32): bool {
  const address = changetype<usize>(socket);
  primitives.enter(address);
  if (socket.generation == generation && socket.references > 0) return true;
  primitives.leave(address);
  return false;
}

/** A socket without a descriptor, by its first holder; 0 if memory is full. */
function create(owner: usize): usize {
  const address = primitives.create(Kind.Socket);
  if (address == 0) return 0;
  changetype<Socket>(address).fd = -1;
  changetype<Socket>(address).holders = 1;
  return handles.first(address, Role.Holder, owner);
}

/** Has epoll watch a socket that is open, unless it was refused; the stake, or what went wrong. */
function publish(stake: usize, refused: i32): i32 {
  const socket = socketOf(stake);
  let result = socket.fd < 0 ? socket.fd : refused;
  if (result >= 0) {
    enlist(socket);
    result = watchSocket(socket.fd, changetype<usize>(socket), socket.generation);
    if (result >= 0) return <i32>stake;
  }
  drop(stake);
  return result;
}

function socketOf(stake: usize): Socket {
  return changetype<Socket>(changetype<Stake>(stake).primitive);
}

function isReady(socket: Socket, writes: bool): bool {
  return writes ? mayWrite(socket, socket.writeTicks) : mayRead(socket, socket.readTicks);
}

function mayRead(socket: Socket, ticks: u32): bool {
  return ticks != socket.readSeen || socket.ended != 0;
}

function mayWrite(socket: Socket, ticks: u32): bool {
  return ticks != socket.writeSeen || socket.closed != 0;
}

/** A read had to wait. If there are no news since, there will be before the next has not to. */
function disproveReads(socket: Socket, noted: u32): void {
  primitives.enter(changetype<usize>(socket));
  if (socket.readTicks == noted) {
    socket.readSeen = noted;
    socket.ended = 0;
  }
  primitives.leave(changetype<usize>(socket));
}

function disproveWrites(socket: Socket, noted: u32): void {
  primitives.enter(changetype<usize>(socket));
  if (socket.writeTicks == noted) {
    socket.writeSeen = noted;
    socket.closed = 0;
  }
  primitives.leave(changetype<usize>(socket));
}
