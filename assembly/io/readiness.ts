/**
 * What is known of a socket: readiness as bits in one word, and who waits for it.
 *
 *          5          4          3              2            1          0
 *     +----------+-------+--------------+-------------+----------+----------+
 *     | SHUTDOWN | ERROR | WRITE_CLOSED | READ_CLOSED | WRITABLE | READABLE |
 *     +----------+-------+--------------+-------------+----------+----------+
 *
 * Readiness is a hint that stays until a would-block disproves it: the host clears it then. No news
 * can come between the call that would block and that, because of R2.
 *
 * Invariants
 *   R1  READ_CLOSED, WRITE_CLOSED, ERROR and SHUTDOWN, once set, stay set.
 *   R2  Only the worker whose reactor watches the socket touches the slot.
 */

import { runtimeAddress } from "../memory/region";
import * as slab from "../memory/slab";
import {
  IO_EITHER,
  IO_FD,
  IO_GENERATION,
  IO_NEXT,
  IO_OWNER,
  IO_PREV,
  IO_READERS,
  IO_READINESS,
  IO_SIZE,
  IO_WRITERS,
  RUNTIME_IO_SLAB,
  WORKER_FREE_IO,
  WORKER_INDEX,
  WORKER_IO_DEREGISTERED,
  WORKER_IO_HEAD,
  WORKER_IO_READY,
  WORKER_IO_REGISTERED,
  WORKER_SOCKETS_LIVE,
} from "../shared/layout";
import {
  IO_ERROR,
  IO_SHUTDOWN,
  READ_CLOSED,
  READABLE,
  WAITER_FIRED,
  WRITABLE,
  WRITE_CLOSED,
} from "../shared/verdicts";
import * as waiters from "../sync/waiter";
import { Waiter } from "../sync/waiter";
import * as word from "../sys/atomic";
import { bump } from "../sys/counter";
import { myWorker } from "../sys/self";

const EPOLLIN: u32 = 0x001;
const EPOLLPRI: u32 = 0x002;
const EPOLLOUT: u32 = 0x004;
const EPOLLERR: u32 = 0x008;
const EPOLLHUP: u32 = 0x010;
const EPOLLRDHUP: u32 = 0x2000;

/** What a reader is interested in beside READABLE itself: all that makes a read return. */
export const ENDS_READS: u32 = READ_CLOSED | IO_ERROR | IO_SHUTDOWN;
export const ENDS_WRITES: u32 = WRITE_CLOSED | IO_ERROR | IO_SHUTDOWN;

@unmanaged
export class Socket {
  readinessWord: u32;
  /** Links of the worker's list of sockets. */
  prev: usize;
  fd: i32;
  owner: u32;
  /** Heads of lists of waiters. */
  readers: usize;
  writers: usize;
  next: usize;
  generation: u32;
  either: usize;
  spare: u32;
}
if (offsetof<Socket>("readinessWord") != IO_READINESS) ERROR("Socket.readinessWord moved");
if (offsetof<Socket>("prev") != IO_PREV) ERROR("Socket.prev moved");
if (offsetof<Socket>("fd") != IO_FD) ERROR("Socket.fd moved");
if (offsetof<Socket>("owner") != IO_OWNER) ERROR("Socket.owner moved");
if (offsetof<Socket>("readers") != IO_READERS) ERROR("Socket.readers moved");
if (offsetof<Socket>("writers") != IO_WRITERS) ERROR("Socket.writers moved");
if (offsetof<Socket>("next") != IO_NEXT) ERROR("Socket.next moved");
if (offsetof<Socket>("generation") != IO_GENERATION) ERROR("Socket.generation moved");
if (offsetof<Socket>("either") != IO_EITHER) ERROR("Socket.either moved");
if (offsetof<Socket>() != IO_SIZE) ERROR("Socket changed size");

/** A socket of this worker, taken for ready until tried; null if memory is full. */
export function register(fd: i32): Socket | null {
  const shared = runtimeAddress() + RUNTIME_IO_SLAB;
  const address = slab.allocate(myWorker + WORKER_FREE_IO, shared, IO_SIZE, IO_GENERATION);
  if (address == 0) return null;
  const socket = changetype<Socket>(address);
  socket.fd = fd;
  socket.owner = load<u32>(myWorker, WORKER_INDEX);
  word.store(address + IO_READINESS, READABLE | WRITABLE);
  const next = load<usize>(myWorker, WORKER_IO_HEAD);
  socket.next = next;
  if (next != 0) changetype<Socket>(next).prev = address;
  store<usize>(myWorker, address, WORKER_IO_HEAD);
  bump(WORKER_IO_REGISTERED, 1);
  countLive(1);
  return socket;
}

/** Forgets a socket. Whoever waits for it is woken, to find it closed. */
export function deregister(socket: Socket): void {
  assert(socket.owner == load<u32>(myWorker, WORKER_INDEX)); // R2
  raise(socket, IO_SHUTDOWN);
  unlinkFrom(myWorker, socket);
  bump(WORKER_IO_DEREGISTERED, 1);
  countLive(-1);
  free(socket);
}

/** Takes a socket of a dead worker apart; returns its descriptor. */
export function bury(worker: usize, socket: Socket): i32 {
  freeAll(socket.readers);
  freeAll(socket.writers);
  freeAll(socket.either);
  unlinkFrom(worker, socket);
  const fd = socket.fd;
  free(socket);
  return fd;
}

/** Waits for `bits` (READABLE, WRITABLE or both); fired at once if there is news already. */
export function wait(socket: Socket, bits: u32, target: u32): Waiter | null {
  const waiter = waiters.create(target);
  if (waiter === null) return null;
  if (word.load(changetype<usize>(socket) + IO_READINESS) & interest(bits)) {
    waiter.state = WAITER_FIRED;
    return waiter;
  }
  waiters.link(waiter, changetype<usize>(socket) + headOffset(bits));
  return waiter;
}

/** Adds readiness and wakes whom it concerns. */
export function raise(socket: Socket, bits: u32): void {
  const base = changetype<usize>(socket);
  word.store(base + IO_READINESS, word.load(base + IO_READINESS) | bits); // R1, R2
  const readers = bits & interest(READABLE);
  const writers = bits & interest(WRITABLE);
  if (readers) fireAll(base + IO_READERS);
  if (writers) fireAll(base + IO_WRITERS);
  if (readers | writers) fireAll(base + IO_EITHER);
}

/** Takes over what `epoll_wait` wrote: for each event its bits, a slot, the slot's generation. */
export function takeEvents(events: usize, count: u32, stride: u32, dataOffset: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const event = events + index * stride;
    const address = load<u32>(event + dataOffset);
    if (address == 0) continue; // The event descriptor that wakes this worker.
    const socket = changetype<Socket>(address);
    if (socket.generation != load<u32>(event + dataOffset + 4)) continue; // Closed since.
    raise(socket, readinessOf(load<u32>(event)));
    bump(WORKER_IO_READY, 1);
  }
}

/** Readiness bits for what `epoll_wait` says of a socket. */
export function readinessOf(events: u32): u32 {
  let bits: u32 = 0;
  if (events & (EPOLLIN | EPOLLPRI)) bits |= READABLE;
  if (events & EPOLLOUT) bits |= WRITABLE;
  if (events & EPOLLERR) bits |= IO_ERROR;
  if (events & EPOLLHUP || (events & EPOLLIN && events & EPOLLRDHUP)) bits |= READ_CLOSED;
  if (events & EPOLLHUP || (events & EPOLLERR && events & EPOLLOUT) || events == EPOLLERR) {
    bits |= WRITE_CLOSED;
  }
  return bits;
}

function interest(bits: u32): u32 {
  return (
    (bits & READABLE ? READABLE | ENDS_READS : 0) | (bits & WRITABLE ? WRITABLE | ENDS_WRITES : 0)
  );
}

function headOffset(bits: u32): usize {
  if (bits == READABLE) return IO_READERS;
  return bits == WRITABLE ? IO_WRITERS : IO_EITHER;
}

function fireAll(head: usize): void {
  let address = load<usize>(head);
  store<usize>(head, 0);
  // Ends with the list: it was taken off its head, and firing runs nobody.
  while (address != 0) {
    const waiter = changetype<Waiter>(address);
    const following = waiter.next;
    waiters.fire(waiter);
    address = following;
  }
}

function freeAll(first: usize): void {
  let address = first;
  while (address != 0) {
    const following = changetype<Waiter>(address).next;
    waiters.free(changetype<Waiter>(address));
    address = following;
  }
}

function unlinkFrom(worker: usize, socket: Socket): void {
  if (socket.next != 0) changetype<Socket>(socket.next).prev = socket.prev;
  if (socket.prev != 0) changetype<Socket>(socket.prev).next = socket.next;
  else store<usize>(worker, socket.next, WORKER_IO_HEAD);
}

function free(socket: Socket): void {
  const shared = runtimeAddress() + RUNTIME_IO_SLAB;
  slab.free(myWorker + WORKER_FREE_IO, shared, changetype<usize>(socket), IO_GENERATION);
}

function countLive(by: i32): void {
  store<u32>(myWorker, load<u32>(myWorker, WORKER_SOCKETS_LIVE) + by, WORKER_SOCKETS_LIVE);
}
