// Compiled by asc and by tsc: constants only. Offsets in bytes that both halves read memory by.

// The runtime: one per memory, at the address that `runtimeAddress()` returns.
export const RUNTIME_WORKERS = 0; // u32: worker threads that steal from each other
export const RUNTIME_THREADS = 4; // u32: worker structs, all kinds
export const RUNTIME_SHUTDOWN = 8; // u32 word: SHUTDOWN_*
export const RUNTIME_BLOCKING_WANTED = 12; // u32 word: blocking jobs that found no idle thread
export const RUNTIME_SPINNERS = 24; // u32 word: workers that spin before they park
export const RUNTIME_SPINNERS_MAX = 28; // u32
export const RUNTIME_BREAK = 32; // u32 word: the first byte not yet given out
export const RUNTIME_FIRST_WORKER = 36; // u32: address of worker 0
export const RUNTIME_FLAGS = 40; // u32: RUNTIME_FLAG_*
export const RUNTIME_FIXED_INTERVAL = 44; // u32: a global queue interval set by hand, or 0
export const RUNTIME_ID_BLOCKS = 48; // u32 word: blocks of TASK_ID_BLOCK ids given to workers
export const RUNTIME_WATCH = 52; // u32 word: who watches sleeping loops' sockets: WATCH_*
export const RUNTIME_FRAMES_MAX = 56; // u32: bytes of frames that a waiting Wasm task may have
export const RUNTIME_ARENA_MAX = 60; // u32: bytes that a Wasm task may allocate
export const RUNTIME_INJECTOR = 64; // an injector
export const RUNTIME_GUESTS = 80; // u32 word: the newest of the guests' records, or 0
export const RUNTIME_COLLECT_ABOVE = 84; // u32: bytes in use from which on garbage is collected
export const RUNTIME_POLL_FD = 88; // u32 word: epoll's for the sockets of guests + 1, or 0
export const RUNTIME_POLLER = 92; // u32 word: a lock, for whoever waits in it
export const RUNTIME_SOCKETS_LOCK = 96; // u32 word
export const RUNTIME_SOCKETS = 100; // first of the sockets of guests that are open
export const RUNTIME_BLOCKING = 128; // an injector, too
export const RUNTIME_IDLE = 192; // workers that sleep
export const RUNTIME_BLOCKING_IDLE = 256; // blocking threads that sleep
export const RUNTIME_TASK_SLAB = 320; // SHARED_LIST_SIZE
export const RUNTIME_WAITER_SLAB = 336;
export const RUNTIME_IO_SLAB = 352;
export const RUNTIME_HEAP = 368; // SHARED_LIST_SIZE for each of HEAP_CLASSES
export const RUNTIME_STAKE_SLAB = 736; // SHARED_LIST_SIZE
export const RUNTIME_PRIMITIVE_SLAB = 752;
export const RUNTIME_SIZE = 768;

/** Never use the LIFO slot. */
export const RUNTIME_FLAG_NO_LIFO = 1;

// An injector: a list behind a lock, and its length.
export const INJECTOR_LOCK = 0; // u32 word
export const INJECTOR_LENGTH = 4; // u32 word, readable without the lock
export const INJECTOR_HEAD = 8;
export const INJECTOR_TAIL = 12;

// Who sleeps. The stack of sleepers itself stands in a block of its own.
export const IDLE_STATE = 0; // u32 word: awake threads above, searching ones below
export const IDLE_LOCK = 4; // u32 word
export const IDLE_COUNT = 8; // u32: sleepers on the stack
export const IDLE_STACK = 12; // u32: address of the stack, one u32 for each thread
export const IDLE_THREADS = 16; // u32: threads that may ever sleep here

// The shared half of a free list.
export const SHARED_LIST_LOCK = 0; // u32 word
export const SHARED_LIST_HEAD = 4;
export const SHARED_LIST_COUNT = 8;
export const SHARED_LIST_SIZE = 16;

// A worker's half of a free list.
export const OWN_LIST_HEAD = 0;
export const OWN_LIST_COUNT = 4;
export const OWN_LIST_SIZE = 8;

// A worker: everything one thread owns. Words that others touch stand on lines of their own.
export const WORKER_PARK = 0; // u32 word: PARK_*
export const WORKER_INBOX = 64; // u32 word: newest node sent by another thread
export const WORKER_STATE = 68; // u32 word: 1 while a live thread is attached
export const WORKER_QUEUE_HEAD = 128; // u64 word: steal half above, real half below
export const WORKER_QUEUE_TAIL = 192; // u32 word: written by the owner alone
export const WORKER_CONNECTIONS = 196; // u32 word: streams that `serve` gave this worker
export const WORKER_LIFE = 200; // u32: how many threads have left this struct
export const WORKER_ROBBING = 204; // the worker whose queue this one has claimed a part of, or 0
export const WORKER_ROBBED = 208; // u32: how many tasks it claimed there
export const WORKER_SPINNING = 212; // u32: 1 while it counts as spinning
export const WORKER_INDEX = 256;
export const WORKER_KIND = 260; // THREAD_*
export const WORKER_LIFO = 264; // task address or 0
export const WORKER_TICKS_LEFT = 268; // until it looks at the injector next
export const WORKER_INTERVAL = 272; // ticks between looks at the injector
export const WORKER_SEARCHING = 276; // 1 while this worker counts as searching
export const WORKER_BUDGET = 280; // i32: units left in the present poll
export const WORKER_READY_COUNT = 284; // entries in the ready buffer
export const WORKER_NEXT_DEADLINE = 288; // f64: milliseconds, or Infinity
export const WORKER_PINNED_HEAD = 296;
export const WORKER_PINNED_TAIL = 300;
export const WORKER_DEFERRED = 304; // newest deferred node
export const WORKER_OWNED = 308; // first of the tasks that live here
export const WORKER_RANDOM = 312;
export const WORKER_EVENT_FD = 316; // i32: wakes it out of the reactor, or -1
export const WORKER_LIFO_POLLS = 320;
export const WORKER_PINNED_COUNT = 324;
export const WORKER_NODE_NOW = 328; // f64: the time of the present turn
export const WORKER_WAITERS_LIVE = 336; // waiters this worker has allocated and not freed
export const WORKER_SOCKETS_LIVE = 340;
export const WORKER_IO_HEAD = 344; // first of the sockets registered here
export const WORKER_POLL_FD = 348; // i32: the reactor's own descriptor, or -1
export const WORKER_PARKED_AT = 352; // f64
export const WORKER_THREAD_ID = 360;
export const WORKER_FREE_TASKS = 368; // OWN_LIST_SIZE
export const WORKER_FREE_WAITERS = 376;
export const WORKER_FREE_IO = 384;
export const WORKER_FREE_BLOCKS = 392; // OWN_LIST_SIZE for each of HEAP_CLASSES
export const WORKER_ID = 656; // f64: the last id given to a task
export const WORKER_IDS_LEFT = 664; // u32: of this worker's block
export const WORKER_HAND = 668; // first of a list of tasks that have left one queue for another
export const WORKER_ENDING = 672; // the task whose joiner is about to be told; + ENDING_TOLD after
export const WORKER_STAKES = 676; // first of the stakes that this worker's JavaScript has
export const WORKER_SECTION = 680; // the primitive whose lock it has, or is to free + SECTION_LAST
export const WORKER_OWED = 684; // whose wait it has ended and not told yet
export const WORKER_MESSAGE = 688; // u64: the last message that came, or a new task's number
export const WORKER_FREE_STAKES = 696; // OWN_LIST_SIZE
// Counters. Written by the owner with plain stores, read by anyone. Others come last of all.
export const WORKER_PARK_COUNT = 576; // f64
export const WORKER_PARK_UNPARK_COUNT = 584; // f64
export const WORKER_POLL_COUNT = 592; // f64
export const WORKER_LOCAL_SCHEDULES = 600; // f64
export const WORKER_REMOTE_SCHEDULES = 608; // f64
export const WORKER_SPAWNED = 616; // f64
export const WORKER_FORCED_YIELDS = 624; // f64
export const WORKER_BUSY_MS = 632; // f64
export const WORKER_MEAN_POLL_US = 640; // f64: moving average
export const WORKER_POLL_HISTOGRAM = 648; // address of f64 buckets, or 0
export const WORKER_LATENCY_HISTOGRAM = 652; // address of f64 buckets, or 0
export const WORKER_READY = 704; // READY_SLOTS pairs of u32: value, reason
export const WORKER_QUEUE_RING = 1216; // LOCAL_QUEUE_SLOTS addresses
export const WORKER_WHEEL = 2240; // WHEEL_SIZE
export const WORKER_READS = 3832; // f64: reads that brought bytes
export const WORKER_WRITES = 3840; // f64: writes that took bytes
export const WORKER_BYTES_READ = 3848; // f64
export const WORKER_BYTES_WRITTEN = 3856; // f64
export const WORKER_NOOP_COUNT = 3864; // f64
export const WORKER_STEAL_COUNT = 3872; // f64
export const WORKER_STEAL_OPERATIONS = 3880; // f64
export const WORKER_OVERFLOW_COUNT = 3888; // f64
export const WORKER_IO_REGISTERED = 3896; // f64
export const WORKER_IO_DEREGISTERED = 3904; // f64
export const WORKER_IO_READY = 3912; // f64
export const WORKER_FRAMES = 3920; // where guests unwind to; 0 before the first guest is loaded
export const WORKER_RUNS = 3924; // the Wasm task that runs here, or 0
export const WORKER_GUESTS = 3928; // u32 word: the newest guest that this thread can run
export const WORKER_FREE_PRIMITIVES = 3936; // OWN_LIST_SIZE
export const WORKER_STAKES_LIVE = 3944; // i32: taken here less freed here; the sum is what lives
export const WORKER_PRIMITIVES_LIVE = 3948;
export const WORKER_POLLS_AT_PARK = 3952; // f64: polls when it last went to sleep
export const WORKER_ENDED = 3960; // f64: tasks that ended here, wherever they were spawned
export const WORKER_FIRING = 3932; // the due timer that is in no list, or 0
export const WORKER_FIRING_NEXT = 3968; // first of those that come after it
export const WORKER_CALLING = 4024; // the call that is on its way to home's inbox, or 0
export const WORKER_GUEST_WAITS = 3972; // Wasm tasks' waits begun here, less those freed here
export const WORKER_ARENA_BYTES = 3976; // i32: taken here less freed here; the sum is what is used
export const WORKER_BLOCKS_LIVE = 3980; // i32: taken here less freed here
export const WORKER_COLLECTIONS = 3984; // f64
export const WORKER_COLLECTING_MS = 3992; // f64
export const WORKER_CLOSING = 4000; // u32: a descriptor that it is about to close + 1, or 0
export const WORKER_EVENTS = 4004; // where it takes news of guests' sockets, or 0
export const WORKER_TAKEN = 4012; // newest of the nodes that have left its inbox, or 0
export const WORKER_OLDEST = 4016; // oldest of those behind them, on their way to the pinned list
export const WORKER_LEAVING = 4008; // the child that a Wasm task here gives up + LEAVING_*, or 0
export const WORKER_DEPARTING = 4020; // first of the stakes that go with what it sends off next
export const WORKER_JOINING = 4028; // the ended task of which this worker is about to hear, or 0
export const WORKER_SIZE = 4032;

// The wheel: its time, then each level's occupied bits and slots.
export const WHEEL_ELAPSED = 0; // u64
export const WHEEL_LEVEL_FIRST = 8;
export const LEVEL_OCCUPIED = 0; // u64
export const LEVEL_SLOTS = 8; // WHEEL_SLOTS addresses
export const LEVEL_SIZE = 264;

// A node: whatever can stand in a worker's inbox. Its link is where both kinds keep it.
export const NODE_NEXT = 4;

// A task.
export const TASK_STATE = 0; // u32 word
export const TASK_NEXT = 4; // the queue's link
export const TASK_KIND = 8; // u8: KIND_*
export const TASK_OUTCOME = 9; // u8: OUTCOME_*
export const TASK_PAYLOAD_KIND = 10; // u8: the codec's tag
export const TASK_BEGUN = 11; // u8: BEGUN, or how many workers died with it before its begin
export const TASK_TOKEN = 12; // the host's continuation
export const TASK_OWNER = 16; // index of the worker that runs it
export const TASK_JOIN_OWNER = 20; // index of the worker that is told of its end
export const TASK_JOIN_TOKEN = 24; // the host's continuation there
export const TASK_FUNCTION = 28; // which portable function
export const TASK_PAYLOAD = 32; // heap block: arguments, later the result
export const TASK_PAYLOAD_SIZE = 36;
export const TASK_OWNED_NEXT = 40;
export const TASK_OWNED_PREV = 44;
export const TASK_GENERATION = 48; // counts the tasks that stood in this slot
export const TASK_JOIN_NEXT = 52; // the link of the node that tells of its end
export const TASK_NUMBER = 56; // f64: the payload itself where it is one number
export const TASK_SCHEDULED_AT = 64; // f64: when it was last queued
export const TASK_ID = 72; // f64: unlike every other task's of this runtime
export const TASK_JOIN_LIFE = 80; // u32: WORKER_LIFE of the joining worker, at spawn
export const TASK_STAKES = 84; // first of its stakes, if it is a task that owns some itself
export const TASK_SIZE = 88;
// In the place of what a Wasm task has not: it lives nowhere, and has no news until its end.
export const TASK_FRAMES = TASK_OWNER; // its suspended frames, or 0
export const TASK_ARENA = TASK_TOKEN; // its newest chunk of memory, or 0
export const TASK_ERROR = TASK_BEGUN; // u8: why its last use of a socket failed, or 0
export const TASK_LOCALS = TASK_PAYLOAD_SIZE; // innermost task-local value, while it runs, or 0
export const TASK_CHILDREN = TASK_JOIN_NEXT; // first of the tasks that it may join

// A guest's record, by which every thread makes its own instance.
export const GUEST_OLDER = 0; // the record of the guest that was loaded before, or 0
export const GUEST_BYTES = 4; // how long the module is, which follows
export const GUEST_MODULE = 8;

// Suspended frames.
export const FRAMES_END = 0; // the address behind the last of them
export const FRAMES_WAIT = 4; // what the frames wait for: a waiter, a stake + STAKE_TAG, or 0
export const FRAMES_FIRST = 8;

// A branch of a guest's select: what it waits for, and what has become of it.
export const BRANCH_KIND = 0; // u32: SELECT_*
export const BRANCH_HANDLE = 4;
export const BRANCH_ARGUMENT = 8; // u64: how many permits, what was noted; or f64: until when
export const BRANCH_WAIT = 16; // the stake that waits, or 0
export const BRANCH_OUTCOME = 20; // SYNC_*, or the stake that has what it waited for
export const BRANCH_SIZE = 24;

// A request to give up a waiter, on its way to the worker that owns it.
export const DROP_NEXT = 4;
export const DROP_WAITER = 8;
export const DROP_SIZE = 12;

// A waiter.
export const WAITER_STATE = 0; // u32 word: WAITER_*
export const WAITER_NEXT = 4;
export const WAITER_PREV = 8;
export const WAITER_TARGET = 12; // task address, or token * 2 + 1
export const WAITER_DEADLINE = 16; // u64 ticks
export const WAITER_HOME = 24; // address of the list head that holds it
export const WAITER_GENERATION = 28;
export const WAITER_SIZE = 32;

// A primitive of coordination: what all have in common.
export const PRIMITIVE_LOCK = 0; // u32 word
export const PRIMITIVE_WAITERS = 4; // first of those who wait for permits, room or arrival
export const PRIMITIVE_READERS = 8; // first of those who wait for news
export const PRIMITIVE_GENERATION = 12; // with the address, its id
export const PRIMITIVE_REFERENCES = 16;
export const PRIMITIVE_CLOSERS = 20; // first of those who wait for its end
export const PRIMITIVE_BLOCK = 24; // a heap block that is freed with it; the token above; or 0
export const PRIMITIVE_KIND = 28; // u8
export const PRIMITIVE_CLOSED = 29; // u8: 1 if nobody takes what is offered
export const PRIMITIVE_ENDED = 30; // u8: 1 if no news will come
export const PRIMITIVE_BLOCKS = 31; // u8: 1 if messages are heap blocks
export const PRIMITIVE_VERSION = 32; // u64: grows with all news
export const PRIMITIVE_SENDERS = 40;
export const PRIMITIVE_WEAK_SENDERS = 44;
export const PRIMITIVE_SIZE = 64;
// In its slot, behind it: room for its first stakes.
export const PRIMITIVE_FIRST = 64; // STAKE_SIZE
export const PRIMITIVE_SECOND = 128;
export const PRIMITIVE_SLOT = 192;
export const PERMITS_AVAILABLE = 48; // of a semaphore or a channel
export const CHANNEL_CAPACITY = 52; // 0 if there is no limit
export const CHANNEL_REGAINED = 56; // u64
export const WATCH_VALUE = 48; // u64
export const WATCH_RECEIVERS = 56;
export const BROADCAST_CAPACITY = 48;
export const BROADCAST_RECEIVERS = 52;
// A slot of a broadcast's ring.
export const BROADCAST_SLOT_UNREAD = 8; // how many receivers have still to read its message
export const BROADCAST_SLOT_SIZE = 16;

// A guest's socket: a primitive, with other things in the place of a version and of ends.
export const SOCKET_WRITERS = PRIMITIVE_WAITERS; // first of those who wait to write
export const SOCKET_READ_TICKS = PRIMITIVE_VERSION; // u32: counts the news for readers
export const SOCKET_WRITE_TICKS = 36; // u32: and for writers
export const SOCKET_READ_SEEN = PRIMITIVE_SENDERS; // u32: READ_TICKS before a read had to wait
export const SOCKET_WRITE_SEEN = PRIMITIVE_WEAK_SENDERS;
export const SOCKET_FD = 48; // i32: or -1
export const SOCKET_HOLDERS = 52; // u32: stakes that keep it open
export const SOCKET_NEXT = 56; // links of the list of those that are open
export const SOCKET_PREV = 60; // or 0 if it is not in there

// A stake: what one owner has in a primitive.
export const STAKE_STATE = 0; // u32 word: STAKE_*
export const STAKE_NEXT = 4;
export const STAKE_PREV = 8;
export const STAKE_TARGET = 12; // task address, or token * 2 + 1
export const STAKE_PRIMITIVE = 16;
export const STAKE_ROLE = 20; // u8
export const STAKE_OUTCOME = 21; // u8: SYNC_DONE or SYNC_CLOSED, once the wait has ended
export const STAKE_WANTED = 24; // permits it waits for
export const STAKE_PERMITS = 28; // permits it has
export const STAKE_OWNER = 32; // address of the owner's list of stakes
export const STAKE_OWNED_NEXT = 36;
export const STAKE_OWNED_PREV = 40;
export const STAKE_GENERATION = 44;
export const STAKE_MESSAGE = 48; // u64
export const STAKE_KEPT = 56; // u64: what a guest's end has received last, borrowed, or asks
export const STAKE_SIZE = 64;
// In the receiver's stake of a channel, in the place of what an end has not.
export const CHANNEL_KNOWN = PRIMITIVE_FIRST + STAKE_PREV; // u32
export const CHANNEL_TAKEN = PRIMITIVE_FIRST + STAKE_WANTED; // u64 word: how many, and CALLED above
export const CHANNEL_FROM = PRIMITIVE_FIRST + STAKE_MESSAGE; // the block to take from
export const CHANNEL_MASK = CHANNEL_FROM + 4; // a ring's slots less one, or 0
/** From a guest's handle of the first stake in a primitive to that of the second. */
export const HANDLE_SECOND = 128;

// A socket's readiness.
export const IO_READINESS = 0; // u32 word: bits
export const IO_PREV = 4;
export const IO_FD = 8; // i32
export const IO_OWNER = 12; // index of the worker whose reactor watches it
export const IO_READERS = 16; // first waiter
export const IO_WRITERS = 20;
export const IO_NEXT = 24;
export const IO_GENERATION = 28;
export const IO_EITHER = 32; // first waiter for reading or writing
export const IO_SIZE = 40;
