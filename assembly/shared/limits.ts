// Compiled by asc and by tsc: constants only.

/** Tasks in a worker's stealable queue. Tokio's size: enough to batch, small enough to cache. */
export const LOCAL_QUEUE_SLOTS = 256;
/** Polls of the LIFO slot in one tick, so that two tasks waking each other starve nobody. */
export const LIFO_POLLS_PER_TICK = 3;
/** Operations a task may complete in one poll before it must let others run. */
export const BUDGET_PER_POLL = 128;
/** Continuations handed to the host by one turn. */
export const READY_SLOTS = 61;
/** Tasks taken from the injector at once, at most. */
export const INJECT_BATCH_MAX = 128;
/** The first global queue interval; self-tuning moves it between the two bounds. */
export const GLOBAL_INTERVAL_START = 61;
export const GLOBAL_INTERVAL_MIN = 2;
export const GLOBAL_INTERVAL_MAX = 127;
/** How long a worker may poll its own tasks before it looks at the injector, in microseconds. */
export const GLOBAL_INTERVAL_TARGET_US = 200;

/** The wheel: six levels of 64 slots, one millisecond at the lowest, 2.2 years in all. */
export const WHEEL_LEVELS = 6;
export const WHEEL_SLOTS_LOG2 = 6;
export const WHEEL_SLOTS = 64;

/** Free slots that move between a worker's list and the shared one at a time. */
export const FREE_BATCH = 64;
/** Block classes of the heap: 16 bytes (2^4) to 64 MiB (2^26). */
export const HEAP_CLASS_MIN_LOG2 = 4;
export const HEAP_CLASSES = 23;

/** How many workers may die with a task before its body has begun: then it is lost with them. */
export const UNBEGUN_DEATHS_MAX = 3;

export const WORKERS_MAX = 1024;

/** Task ids that a worker takes from the runtime at a time. */
export const TASK_ID_BLOCK = 1024;

/**
 * Where a worker's guests unwind to, in bytes. The check against a task's own limit comes after the
 * frames were written, so the room must hold whatever the machine's stack can: asyncify's frames
 * are no larger than the engine's, and a worker's stack has 4 MiB. Untouched pages cost nothing.
 */
export const FRAMES_ROOM = 4 << 20;
/** A task's block for its frames that is no larger, in bytes, is never too large. */
export const FRAMES_KEPT = 504;
/** The first chunk of a task's arena, in bytes, less the block's header. Each next one doubles. */
export const ARENA_CHUNK_MIN = 248;
export const ARENA_CHUNK_MAX = 65528;
/** What the frames and the memory of a Wasm task may be at most, in bytes, unless it is set. */
export const FRAMES_MAX = 1 << 16;
export const ARENA_MAX = 1 << 26;
/** From how many bytes in use on a Wasm task's garbage is collected, unless it is set. */
export const COLLECT_ABOVE = 1 << 18;
/** Polls of Wasm tasks between two looks at the clock, the sockets and the pinned list. */
export const RUNS_PER_TURN = 61;

/** Pages of 64 KiB that the core's memory, and what guests import as theirs, may have: 1 GiB. */
export const MEMORY_PAGES_MAX = 16384;

/** Where the statics of guests stand, in bytes: one or more slots for each guest. */
export const STATICS_FIRST = 1 << 16;
export const STATICS_SLOT = 1 << 16;
export const STATICS_SLOTS = 16;

/** Permits of a semaphore, at most: as Tokio's where a word has 32 bits. */
export const PERMITS_MAX = 0x1fffffff;

/** The longest ring of a broadcast that a block of the heap holds. */
export const BROADCAST_CAPACITY_MAX = 1 << 21;

/** News of guests' sockets that a worker takes at once. */
export const SOCKET_EVENTS_MAX = 256;
