/**
 * What the core lets the host call, by name. `assembly/index.ts` is the other half.
 *
 * Addresses are byte offsets into the runtime's memory; 0 stands for "none" or "memory is full",
 * as each line says. Everything here is called on the thread that owns what it touches, unless
 * the line says "any thread".
 *
 * @module
 */

/** The functions of one thread's instance of the core. */
export interface CoreExports {
  /** Divides the memory. Once, by the thread that makes the runtime. False if it does not fit. */
  boot(workers: number, threads: number, flags: number, fixedInterval: number): boolean;
  /** The address of the runtime's header. */
  runtimeAddress(): number;
  /** Makes the calling thread worker `index`; returns the worker's address. */
  attach(index: number, kind: number, randomSeed: number): number;
  /** Gives the struct back, as a thread does that ends well. */
  detach(): void;
  /** Gives every worker a histogram of `buckets` counters each. False if memory is full. */
  enableHistograms(pollBuckets: number, latencyBuckets: number): boolean;
  /** Gives every worker what it runs guests with. False if memory is full. Only on home. */
  enableGuests(): boolean;

  /** One turn at `now` ms. Fills the ready buffer; returns TURN_*. */
  turn(now: number, driversPolled: boolean): number;
  /** Publishes that this worker is about to park as PARK_*; false if there is work after all. */
  parkBegin(mode: number, now: number): boolean;
  /** Sleeps on the park word, as PARK_WAIT or PARK_FUTEX, until woken or for `timeoutMs`. */
  parkWait(mode: number, timeoutMs: number): void;
  /**
   * The same, and then `parkEnd` and `turn` at the time of the waking. *Why not one by one*:
   * whoever woke it waits for the turn, and after a sleep every step of the host's is slow.
   */
  parkAndTurn(mode: number, timeoutMs: number): number;
  /** The worker is awake again. */
  parkEnd(now: number): void;
  /** Looks for work for up to `rounds` short loops; true if there is some. */
  spin(rounds: number): boolean;
  /** Wakes worker `index`. Any thread. */
  unpark(index: number): void;

  /** A task whose code lives in this thread, queued for its first poll. 0 if memory is full. */
  spawnLocal(token: number): number;
  /** Queues a task of any worker. Any thread that holds a reference to it. */
  wakeTask(task: number): void;
  /** Says that a polled task waits; returns SUSPENDED*. */
  suspendTask(task: number): number;
  /** Ends a poll by going to the back of the line, behind the drivers; returns SUSPENDED*. */
  yieldTask(task: number): number;
  /** Ends a local task, running or not, and frees it. */
  completeLocal(task: number): void;
  /** Asks a task to end at its next wait. True if it had not ended. Any thread, likewise. */
  abortTask(task: number, generation: number): boolean;
  /** Calls `token` once the drivers have been looked at. False if memory is full. */
  defer(token: number): boolean;

  /**
   * A task that starts on any worker (KIND_PORTABLE), on the blocking pool (KIND_BLOCKING), or on
   * worker `worker` (KIND_PINNED). Takes over the payload. 0 if memory is full.
   */
  spawnPortable(
    kind: number,
    worker: number,
    functionId: number,
    payloadKind: number,
    payload: number,
    payloadSize: number,
    payloadNumber: number,
    joinToken: number,
  ): number;
  /** Binds a started portable task to the host's continuation, which aborts reach. */
  bindStarted(task: number, token: number): void;
  /**
   * Queues a started portable task again that waits and has not begun. False if it was aborted
   * meanwhile: its continuation is told.
   */
  restartPortable(task: number): boolean;
  /** Ends a started portable task that has not begun, as cancelled: arguments go to its joiner. */
  refusePortable(task: number): void;
  /** Ends a started portable task. Takes over the payload. */
  finishPortable(
    task: number,
    outcome: number,
    payloadKind: number,
    payload: number,
    payloadSize: number,
    payloadNumber: number,
  ): void;
  /** Frees an ended task after its REASON_JOIN or REASON_ORPHAN was read. */
  consumeJoin(task: number): void;

  /** A block of at least `bytes`, or 0. */
  allocate(bytes: number): number;
  /** Frees a block. Any thread. */
  release(block: number): void;

  /** Arms a timer for a task's address or token * 2 + 1; returns the waiter, or 0. */
  timerArm(deadlineMs: number, target: number): number;
  /** Moves a timer, before or after it fired. Returns the waiter from now on, or 0. */
  timerReset(waiter: number, deadlineMs: number, target: number): number;
  /** Gives up and frees a waiter of any kind, in whatever state it is. */
  waiterDrop(waiter: number): void;

  /** A readiness word for a descriptor on this worker's reactor. 0 if memory is full. */
  ioRegister(fd: number): number;
  /** Forgets it; its waiters fire. */
  ioDeregister(slot: number): void;
  /** Waits for any of the readiness `bits`; returns a waiter (ARMED or FIRED at once), or 0. */
  ioWait(slot: number, bits: number, target: number): number;
  /** Takes over `count` events written by `epoll_wait`. */
  ioEvents(events: number, count: number, stride: number, dataOffset: number): void;
  /** Raises readiness by hand, for reactors that are not epoll. */
  ioRaise(slot: number, bits: number): void;
  /** The same as `ioEvents`, for the sockets of guests. Also for what a dead thread had taken. */
  socketEvents(events: number, count: number, stride: number, dataOffset: number): void;
  /** The next descriptor that guests have left open, or -1. Once all threads but one have ended. */
  socketTakeOpen(): number;

  // Coordination. An operation returns SYNC_*, or, from SYNC_STAKE on, the address of a stake.
  // `owner` is a list of stakes, at WORKER_STAKES in a worker or TASK_STAKES in a task.

  /** A handle of the primitive with this id; or REFUSED, NO_MEMORY. */
  primitiveOpen(primitive: number, generation: number, owner: number): number;
  /** Gives up a stake in whatever state, with all that it has been granted. */
  stakeDrop(stake: number): void;
  /** Gives up all that an owner has. */
  stakeDropAll(owner: number): void;
  /** Frees a stake that does not wait, and keeps what it was granted. */
  stakeFinish(stake: number): void;
  /** Hands a stake that does not wait to another owner; 0 is nobody, for one on its way. */
  stakeMove(stake: number, owner: number): void;
  /** Makes a wait wake another target. False if it is over: then it calls nobody. */
  stakeRetarget(stake: number, target: number): boolean;

  /** A semaphore that guards a block of `bytes`, if any: its handle; or REFUSED, NO_MEMORY. */
  semaphoreCreate(permits: number, bytes: number, owner: number): number;
  /** The stake that has the permits or waits for them; or BUSY, CLOSED, NO_MEMORY. */
  semaphoreAcquire(semaphore: number, permits: number, owner: number, target: number): number;
  /** The stake that has the permits; or BLOCKED, CLOSED, NO_MEMORY. */
  semaphoreTryAcquire(semaphore: number, permits: number, owner: number): number;
  /** False if there would be too many. */
  semaphoreAdd(semaphore: number, permits: number): boolean;
  /** Takes up to so many free permits away for good; returns how many. */
  semaphoreForget(semaphore: number, permits: number): number;
  /** How many permits are free. */
  semaphoreAvailable(semaphore: number): number;
  /** Refuses all who wait and all who come later. */
  semaphoreClose(semaphore: number): void;
  /** Gives back some of a stake's permits. */
  semaphoreRelease(stake: number, permits: number): void;
  /** A stake with some of another's permits, or NO_MEMORY. */
  semaphoreSplit(from: number, permits: number): number;
  /** Moves permits between two stakes of one owner and semaphore. */
  semaphorePass(from: number, to: number, permits: number): void;

  /** For `notify` or, with `parties`, for a barrier: its handle, or NO_MEMORY. */
  notifyCreate(parties: number, owner: number): number;
  /** What a wait notes as it is made. */
  notifyVersion(notify: number): number;
  /** Waits to be told since then: DONE if that has happened, else a stake; or BUSY, NO_MEMORY. */
  notifyWait(notify: number, noted: number, owner: number, target: number): number;
  /** Ends the oldest wait, or the next one if there is none. */
  notifyOne(notify: number): void;
  /** Ends the newest wait, or the next one if there is none. */
  notifyLast(notify: number): void;
  /** Ends every wait that was meant before. */
  notifyAll(notify: number): void;
  /** LEADER for the last who comes to the barrier, else a stake; or BUSY, NO_MEMORY. */
  barrierArrive(barrier: number, owner: number, target: number): number;

  /** A channel with a limit, or 0 for none: its receiver; or REFUSED, NO_MEMORY. */
  channelCreate(capacity: number, blocks: boolean, owner: number): number;
  /** DONE, or the stake that waits for room; or BUSY, CLOSED, NO_MEMORY. */
  channelSend(channel: number, message: bigint, owner: number, target: number): number;
  /**
   * Sends what stands at WORKER_MESSAGE: DONE; or the stake that waits for a place, or has one; or
   * BUSY, CLOSED, NO_MEMORY.
   */
  channelSendOrReserve(channel: number, owner: number, target: number): number;
  /** DONE; or BLOCKED, CLOSED, NO_MEMORY. */
  channelTrySend(channel: number, message: bigint): number;
  /** As `semaphoreAcquire`, for places in the channel; or REFUSED if it never has so many. */
  channelReserve(channel: number, places: number, owner: number, target: number): number;
  /** Sends to a place that the stake has reserved. */
  channelSendReserved(stake: number, message: bigint): void;
  /** DONE with the message at WORKER_MESSAGE, or a stake that waits for one; or BUSY, CLOSED… */
  channelReceive(channel: number, owner: number, target: number): number;
  /** DONE with the message at WORKER_MESSAGE; or BLOCKED, CLOSED. */
  channelTryReceive(channel: number): number;
  /** Copies up to `most` messages to the address `into`, and leaves them there; how many. */
  channelPeekMany(channel: number, into: number, most: number): number;
  /** Takes so many of those that were seen by that, and frees their blocks. */
  channelTakeRead(channel: number, count: number): void;
  /** Moves up to `most` messages to the address `into`; returns how many. */
  channelTakeMany(channel: number, into: number, most: number): number;
  /** Refuses what is not reserved yet. */
  channelClose(channel: number): void;
  /** How many messages are there. */
  channelLength(channel: number): number;
  /** Will nobody send, or nobody take, any more? */
  channelIsClosed(channel: number): boolean;
  /** A channel for one message: its receiver, or NO_MEMORY. */
  oneshotCreate(blocks: boolean, owner: number): number;
  /** Sends, and gives the sender up: DONE or CLOSED. */
  oneshotSend(sender: number, message: bigint): number;

  /** Of a semaphore of one, by its permit: makes a block, or 0, its value, and closes it. */
  onceSet(permit: number, block: number): void;
  /** Leaves the block, with a share in it, at WORKER_MESSAGE: DONE; or BLOCKED. */
  onceLend(once: number): number;

  /** A value to watch, by its sender, or NO_MEMORY. */
  watchCreate(value: bigint, blocks: boolean, owner: number): number;
  /** A receiver that has seen the present value, or NO_MEMORY. */
  watchSubscribe(watch: number, owner: number): number;
  /** Another receiver, that has seen what this one has, or NO_MEMORY. */
  watchClone(receiver: number, owner: number): number;
  /** Replaces the value, if anybody listens: DONE or CLOSED. */
  watchSend(watch: number, value: bigint): number;
  /** Replaces the value; the previous one is at WORKER_MESSAGE. */
  watchReplace(watch: number, value: bigint): void;
  /** As `watchReplace`, if the version is still `seen`: DONE or BLOCKED. */
  watchReplaceIf(watch: number, seen: number, value: bigint): number;
  /** Leaves the value, with a share in its block, at WORKER_MESSAGE; returns its version. */
  watchBorrow(watch: number): number;
  /** As `watchBorrow`, and the receiver has seen it. */
  watchBorrowAndUpdate(receiver: number): number;
  /** DONE if there was an unseen value, or a stake that waits for one; or BUSY, CLOSED… */
  watchChanged(receiver: number, owner: number, target: number): number;
  /** DONE if there is an unseen value; or BLOCKED, CLOSED. */
  watchHasChanged(receiver: number): number;
  /** Says whether the receiver has seen the present value. */
  watchMark(receiver: number, hasSeen: boolean): void;

  /** A broadcast that keeps so many messages, by its sender; or REFUSED, NO_MEMORY. */
  broadcastCreate(capacity: number, blocks: boolean, owner: number): number;
  /** A receiver of what is sent from now on, or NO_MEMORY. */
  broadcastSubscribe(broadcast: number, owner: number): number;
  /** DONE with the number of receivers at WORKER_MESSAGE, or CLOSED. */
  broadcastSend(broadcast: number, message: bigint): number;
  /** DONE with a message or LAGGED with a number at WORKER_MESSAGE, or a stake; or BUSY, CLOSED… */
  broadcastReceive(receiver: number, owner: number, target: number): number;
  /** As `broadcastReceive`, but BLOCKED instead of a stake. */
  broadcastTryReceive(receiver: number): number;
  /** How many messages a receiver has not seen, lost ones included. */
  broadcastUnseen(receiver: number): number;
  /** How many messages are kept for some receiver. */
  broadcastLength(broadcast: number): number;

  /** A token of cancellation below another one, or 0: its handle, or NO_MEMORY. */
  tokenCreate(above: number, owner: number): number;
  /** Cancels it, and all below. */
  tokenCancel(token: number): void;
  /** Is it cancelled, or one above it? */
  tokenIsCancelled(token: number): boolean;
  /**
   * Waits for that: DONE, or a stake; or BUSY, NO_MEMORY. The owner has a handle that it gives up
   * only after the stake.
   */
  tokenCancelled(token: number, owner: number, target: number): number;

  /** Another sender, or NO_MEMORY. */
  senderCreate(channel: number, owner: number): number;
  /** One without which the channel may end, or NO_MEMORY. */
  senderCreateWeak(channel: number, owner: number): number;
  /** A sender, if there is one; else CLOSED, or NO_MEMORY. */
  senderUpgrade(channel: number, owner: number): number;
  /** Will no more messages come? */
  primitiveEnded(primitive: number): boolean;
  /** Waits until nobody takes what is offered: DONE, or a stake; or BUSY, NO_MEMORY. */
  primitiveClosed(primitive: number, owner: number, target: number): number;

  /** Sets the runtime's mark to SHUTDOWN_*, and wakes every thread. */
  shutdown(mark: number): void;
  /**
   * Cleans up after worker `index`, whose thread is gone: breaks its locks, ends what had begun
   * there as lost, each with a copy of the cause, and has the rest run elsewhere. Any other thread.
   */
  workerLost(
    index: number,
    causeKind: number,
    cause: number,
    causeSize: number,
    causeNumber: number,
  ): void;
  /** What the core calls by number: guests' functions stand here. */
  readonly table: FunctionTable;
  /** What asyncify's code in guests looks at. */
  readonly asyncifyState: object;
  readonly asyncifyData: object;
  /**
   * A Wasm task for this thread to join. `entry` is a place in the table, `shape` says how to call
   * it: ENTRY_*. If it takes one number, that is at WORKER_MESSAGE. Takes over the block, and
   * the stakes at WORKER_DEPARTING. 0 if memory is full.
   */
  spawnGuest(
    entry: number,
    shape: number,
    block: number,
    blockSize: number,
    joinToken: number,
  ): number;
  /** What a guest calls a stake by that is given to one of its tasks. */
  handleForGuest(stake: number): number;
  /** After `turn` has thrown: the Wasm task that trapped in it, or 0 if it was the core's fault. */
  trappedTask(): number;
  /** Ends it as a panic, with the host's encoding of what was thrown. Takes over the block. */
  endTrapped(task: number, kind: number, block: number, size: number, number: number): void;

  /** The descriptor of the next socket that a lost worker left open, or -1. */
  takeOrphanSocket(index: number): number;
}

/** A table of functions, as WebAssembly has them. */
export interface FunctionTable {
  readonly length: number;
  get(place: number): unknown;
  set(place: number, value: unknown): void;
  /** Makes `by` more places. Returns how many there were. */
  grow(by: number): number;
}
