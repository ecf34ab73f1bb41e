// Compiled by asc and by tsc: constants only. Codes that cross the border between core and host.

/** What `turn` asks of the host. */
/** Nothing to do before the next deadline: park. */
export const TURN_IDLE = 0;
/** The ready buffer holds work. */
export const TURN_READY = 1;
/** Nothing for the host, but the queues are not empty: call again after the event loop's turn. */
export const TURN_MORE = 2;

/** Why an entry stands in the ready buffer. The value beside it is named in brackets. */
/** It does not any more: the host has taken it. */
export const REASON_TAKEN = 0;
/** Poll a task of this worker again [token]. */
export const REASON_RESUME = 1;
/** Drop a task of this worker at the wait where it stands [token]. */
export const REASON_CANCEL = 2;
/** A wait outside of any task's own poll has ended [token]. */
export const REASON_WAITER = 3;
/** Start a portable task or blocking job here [task address]. */
export const REASON_START = 4;
/** A portable task that this worker spawned has ended [task address]. */
export const REASON_JOIN = 5;

/** A portable task has ended that another thread, or another life of this one, had spawned. */
export const REASON_ORPHAN = 6;
/** A guest calls a function of this thread [stake: the sender of the answer]. */
export const REASON_CALL = 7;

/** TASK_BEGUN of a portable task whose body has been called: it can run nowhere else. */
export const BEGUN = 255;

/** What kind of work a task is. */
export const KIND_LOCAL = 0;
export const KIND_PORTABLE = 1;
export const KIND_BLOCKING = 2;
/** A portable task that must start on one named worker. */
export const KIND_PINNED = 3;
/** A coroutine of a guest module: any worker may go on with it. */
export const KIND_WASM = 4;

/** How a task ended; 0 before that. */
export const OUTCOME_VALUE = 1;
export const OUTCOME_PANIC = 2;
export const OUTCOME_CANCELLED = 3;
export const OUTCOME_WORKER_LOST = 4;
/** A Wasm task's frames are more than a task may have. */
export const OUTCOME_TOO_DEEP = 5;
/** There is no memory for a Wasm task's frames. */
export const OUTCOME_NO_MEMORY = 6;

/** What `suspendTask` found; the host acts on it. */
/** The task sleeps until it is woken. */
export const SUSPENDED = 0;
/** It was woken while it ran and is queued again. */
export const SUSPENDED_QUEUED = 1;
/** It was aborted while it ran: drop it now. */
export const SUSPENDED_CANCELLED = 2;

/** In a task's state word: somebody has told it to end. */
export const STATE_CANCELLED = 1 << 5;

/** How a worker is parked: the value of its park word. */
export const PARK_RUNNING = 0;
/** In `memory.atomic.wait32`. */
export const PARK_WAIT = 1;
/** In `epoll_wait`; the host's `wakeReactor` reaches it. */
export const PARK_REACTOR = 2;
/** In the event loop, with an `Atomics.waitAsync` on the park word. */
export const PARK_LOOP = 3;
export const PARK_NOTIFIED = 4;
/** In the system's futex, on the park word; the host's `wakeFutex` reaches it. */
export const PARK_FUTEX = 5;

/** How far the end of a runtime has come. */
/** New tasks are refused, and the others cancelled: they may wait to clean up. */
export const SHUTDOWN_BEGUN = 1;
/** Tasks that still wait have had their time: threads leave without them. */
export const SHUTDOWN_FORCED = 2;

/** What a thread is to its runtime. */
export const THREAD_WORKER = 0;
/** The thread that made the runtime. It runs its own tasks; with no workers, portable ones too. */
export const THREAD_HOME = 1;
export const THREAD_BLOCKING = 2;

/** Readiness bits of a socket. */
export const READABLE = 1;
export const WRITABLE = 2;
export const READ_CLOSED = 4;
export const WRITE_CLOSED = 8;
export const IO_ERROR = 16;
export const IO_SHUTDOWN = 32;

/** The state word of a waiter. */
export const WAITER_FREE = 0;
export const WAITER_ARMED = 1;
/** Completed, and on its way to the host. */
export const WAITER_QUEUED = 2;
export const WAITER_FIRED = 3;
/** Given up while queued: freed where it would have been delivered. */
export const WAITER_DROPPED = 4;
/** Queued, and known to nobody else: delivery frees it. */
export const WAITER_ONCE = 5;

/** Who watches the sockets of loops that sleep with foreign work: the value of RUNTIME_WATCH. */
export const WATCH_NOBODY = 0;
/** A thread has asked for it. */
export const WATCH_WANTED = 1;
/** Added to the descriptor of the outer epoll instance, once there is one. */
export const WATCH_DESCRIPTOR = 2;

/** The type of what a Wasm task's function takes, plus ENTRY_RESULT times that of what it gives. */
export const ENTRY_NONE = 0;
export const ENTRY_I32 = 1;
export const ENTRY_I64 = 2;
export const ENTRY_F64 = 3;
export const ENTRY_RESULT = 4;
/** In place of these, once the function has returned: its value is a handle, by its stake. */
export const ENTRY_HANDLE = 64;
/** Plus this if the task is to end with the one that spawned it. */
export const ENTRY_BOUND = 16;

/** What joining a Wasm task finds besides OUTCOME_*. Its time was over first. */
export const JOIN_ELAPSED = 16;
/** It is no task of the caller's. */
export const JOIN_REFUSED = 17;
export const JOIN_NO_MEMORY = 18;

/** Added to WORKER_ENDING once the joiner has been told: what is left are two references. */
export const ENDING_TOLD = 1;

/** Added to WORKER_LEAVING: what a parent that has given up its right to a child still owes. */
/** Its reference to the child. */
export const LEAVING_ALONE = 1;
/** Before that, the one of the child's wake, which will not come. */
export const LEAVING_WAITED = 2;
/** Before that, the handle that the child has returned. */
export const LEAVING_OUTPUT = 3;

/** Added to WORKER_SECTION by whoever has taken the last reference to the primitive away. */
export const SECTION_LAST = 1;

/** The target of a stake whose owner does not want to hear of it. */
export const STAKE_NOBODY = 0xffffffff;

/** The state word of a stake. */
export const STAKE_FREE = 0;
/** Stands in a line of its primitive. */
export const STAKE_WAITING = 1;
/** Its wait has ended, and its owner's thread is about to hear of it. */
export const STAKE_GRANTED = 2;
/** Waits for nothing: an end, permits, or a wait that has ended. */
export const STAKE_HELD = 3;
/** Given up while granted: freed where it would have been delivered. */
export const STAKE_DROPPED = 4;

/** Tells a stake from a waiter, where a task that waits says for what. */
export const STAKE_TAG = 1;

/**
 * What an operation of a primitive returns; anything from SYNC_STAKE on is the address of a stake.
 */
export const SYNC_NO_MEMORY = 0;
/** The budget is spent: let others run, and ask again. */
export const SYNC_BUSY = 1;
export const SYNC_DONE = 2;
/** Nobody will take it, or nothing will come. */
export const SYNC_CLOSED = 3;
/** It would have to wait. */
export const SYNC_BLOCKED = 4;
/** Messages were overwritten before they were read; their number is the message. */
export const SYNC_LAGGED = 5;
/** Done, and the caller is the last who came to the barrier. */
export const SYNC_LEADER = 6;
/** More than there can be, or an id of something that is no more. */
export const SYNC_REFUSED = 7;
export const SYNC_STAKE = 8;

/** What a branch of a guest's select waits for. */
/** Nothing: it is switched off. */
export const SELECT_NOTHING = 0;
export const SELECT_SLEEP = 1;
export const SELECT_JOIN = 2;
export const SELECT_RECEIVE = 3;
export const SELECT_ACQUIRE = 4;
export const SELECT_NOTIFIED = 5;
/** A place in line that the task has taken before, and keeps if the branch loses. */
export const SELECT_TOLD = 6;
export const SELECT_BROADCAST = 7;
export const SELECT_CHANGED = 8;
export const SELECT_CLOSED = 9;
export const SELECT_READABLE = 10;
export const SELECT_WRITABLE = 11;
export const SELECT_ACCEPT = 12;
/** One of several tasks, whose handles stand one behind the other. */
export const SELECT_JOIN_ANY = 13;
export const SELECT_CANCELLED = 14;

/** A call on a guest's socket that would have to wait: Linux's EAGAIN, negative as all errors. */
export const WOULD_BLOCK = -11;
/** Errors that are none of the system's, and above all of those. */
/** What should be the address of a socket is none. */
export const ERROR_ADDRESS = 254;
/** There are no sockets for guests here. */
export const ERROR_UNSUPPORTED = 255;
