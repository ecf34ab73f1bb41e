/**
 * Every wait that there is, to be given up at any point. Each is a function of the library, and of
 * a codec unless the form is local, that makes something of which nobody else knows:
 *
 *   wait     starts the wait, with options if it takes a signal
 *   happen   brings about what it waits for
 *   ends     what is disposed of afterwards
 */

const channelOf = (make) => (tokiwa, codec) => {
  const { sender, receiver } = make(tokiwa, codec);
  return { sender, receiver, ends: [sender, receiver] };
};

const bounded = channelOf(({ mpsc }, codec) => mpsc.channel(3, codec));
const single = channelOf(({ oneshot }, codec) => oneshot.channel(codec));
const news = channelOf(({ broadcast }, codec) => broadcast.channel(2, codec));
const level = channelOf(({ watch }, codec) => watch.channel(0, codec));

/** A channel that is full until a message is taken. */
const full = (tokiwa, codec) => {
  const made = bounded(tokiwa, codec);
  while (made.sender.trySend(1) === "ok");
  return { ...made, happen: () => made.receiver.tryRecv() };
};

const channels = {
  "mpsc send"(...form) {
    const { sender, ...rest } = full(...form);
    return { ...rest, wait: (options) => sender.send(2, options) };
  },
  "mpsc reserve"(...form) {
    const { sender, ...rest } = full(...form);
    return { ...rest, wait: (options) => sender.reserve(options) };
  },
  "mpsc reserveMany"(...form) {
    const { sender, receiver, ends } = full(...form);
    const happen = () => {
      for (let count = 0; count < 2; count++) receiver.tryRecv();
    };
    return { ends, happen, wait: (options) => sender.reserveMany(2, options) };
  },
  "mpsc reserveOwned"(...form) {
    const { sender, ...rest } = full(...form);
    return { ...rest, wait: (options) => sender.reserveOwned(options) };
  },
  "mpsc recv"(...form) {
    const { sender, receiver, ends } = bounded(...form);
    return { ends, wait: (options) => receiver.recv(options), happen: () => sender.trySend(1) };
  },
  "mpsc recvMany"(...form) {
    const { sender, receiver, ends } = bounded(...form);
    const wait = (options) => receiver.recvMany(2, options);
    return { ends, wait, happen: () => sender.trySend(1) };
  },
  "mpsc closed"(...form) {
    const { sender, receiver, ends } = bounded(...form);
    return { ends, wait: (options) => sender.closed(options), happen: () => receiver.close() };
  },
  "unbounded recv"({ mpsc }, codec) {
    const { sender, receiver } = mpsc.unboundedChannel(codec);
    const wait = (options) => receiver.recv(options);
    return { ends: [sender, receiver], wait, happen: () => sender.send(1) };
  },
  "oneshot recv"(...form) {
    const { sender, receiver, ends } = single(...form);
    return { ends, wait: (options) => receiver.recv(options), happen: () => sender.send(1) };
  },
  "oneshot closed"(...form) {
    const { sender, receiver, ends } = single(...form);
    return { ends, wait: (options) => sender.closed(options), happen: () => receiver.close() };
  },
  "broadcast recv"(...form) {
    const { sender, receiver, ends } = news(...form);
    return { ends, wait: (options) => receiver.recv(options), happen: () => sender.send(1) };
  },
  "broadcast closed"(...form) {
    const { sender, receiver, ends } = news(...form);
    const happen = () => receiver[Symbol.dispose]();
    return { ends, wait: (options) => sender.closed(options), happen };
  },
  "watch changed"(...form) {
    const { sender, receiver, ends } = level(...form);
    return { ends, wait: (options) => receiver.changed(options), happen: () => sender.send(1) };
  },
  "watch waitFor"(...form) {
    const { sender, receiver, ends } = level(...form);
    const wait = (options) => receiver.waitFor((value) => value === 1, options);
    return { ends, wait, happen: () => sender.send(1) };
  },
};

/** A lock that somebody has. */
const held = (lock, guard, wait) => {
  const happen = () => guard[Symbol.dispose]();
  return { ends: [guard, lock], wait, happen };
};

const locks = {
  "Mutex lock"({ Mutex }, codec) {
    const mutex = new Mutex(0, codec);
    return held(mutex, mutex.tryLock(), (options) => mutex.lock(options));
  },
  "RwLock read"({ RwLock }, codec) {
    const lock = new RwLock(0, { codec });
    return held(lock, lock.tryWrite(), (options) => lock.read(options));
  },
  "RwLock write"({ RwLock }, codec) {
    const lock = new RwLock(0, { codec });
    return held(lock, lock.tryRead(), (options) => lock.write(options));
  },
  "OnceCell getOrInit"({ OnceCell, pollFn, PENDING }, codec) {
    const cell = new OnceCell(codec);
    let value = PENDING;
    let waker;
    const made = () =>
      pollFn((asking) => {
        waker = asking;
        return value;
      });
    const happen = () => {
      value = 1;
      waker?.wake();
    };
    return { ends: [cell], wait: (options) => cell.getOrInit(made, options), happen };
  },
  "SetOnce wait"({ SetOnce }, codec) {
    const once = new SetOnce(codec);
    return { ends: [once], wait: (options) => once.wait(options), happen: () => once.set(1) };
  },
};

const signals = {
  "Semaphore acquire"({ Semaphore }) {
    const semaphore = new Semaphore(1);
    const wait = (options) => semaphore.acquire(3, options);
    return { ends: [semaphore], wait, happen: () => semaphore.addPermits(2) };
  },
  "Notify notified"({ Notify }) {
    const notify = new Notify();
    const wait = (options) => notify.notified(options);
    return { ends: [notify], wait, happen: () => notify.notifyOne() };
  },
  "Barrier wait"({ Barrier, spawn }) {
    const barrier = new Barrier(2);
    let other;
    const happen = () => {
      other = spawn(() => barrier.wait());
      other.detach(); // Aborted too late, it finds that the barrier is gone.
    };
    const leave = { [Symbol.dispose]: () => other?.abort() };
    return { ends: [leave, barrier], wait: (options) => barrier.wait(options), happen };
  },
  "CancellationToken cancelled"({ CancellationToken }) {
    const token = new CancellationToken();
    const child = token.childToken();
    const wait = (options) => child.cancelled(options);
    return { ends: [child, token], wait, happen: () => token.cancel() };
  },
  "CancellationToken signal"({ CancellationToken, fromSignal }) {
    const token = new CancellationToken();
    const { signal } = token;
    const aborted = (stop) =>
      new Promise((resolve) => {
        for (const each of [signal, stop]) each.addEventListener("abort", resolve, { once: true });
      });
    return { ends: [token], wait: () => fromSignal(aborted), happen: () => token.cancel() };
  },
};

const times = {
  sleep: ({ sleep }) => ({ ends: [], wait: (options) => sleep(2, options), happen() {} }),
  timeout({ timeout, pending }) {
    return { ends: [], wait: () => timeout(2, pending()), happen() {} };
  },
  interval({ interval }) {
    const ticks = interval(2);
    return { ends: [ticks], wait: () => ticks.tick(), happen() {} };
  },
  select({ mpsc, select, sleep }) {
    const { sender, receiver } = mpsc.channel(1);
    const wait = () => select([receiver.recv(), sleep(1000), sender.closed()]);
    return { ends: [sender, receiver], wait, happen: () => sender.trySend(1) };
  },
  join({ Notify, join }) {
    const [one, other] = [new Notify(), new Notify()];
    const wait = () => join([one.notified(), other.notified()]);
    const happen = () => {
      one.notifyOne();
      other.notifyOne();
    };
    return { ends: [one, other], wait, happen };
  },
  "DelayQueue next"({ DelayQueue }) {
    const queue = new DelayQueue();
    const key = queue.insert(1, 1000);
    return { ends: [queue], wait: () => queue.next(), happen: () => queue.reset(key, 0) };
  },
  "Stream next"({ mpsc, ReceiverStream }) {
    const { sender, receiver } = mpsc.channel(1);
    const stream = new ReceiverStream(receiver).chunksTimeout(2, 1);
    return { ends: [sender, stream], wait: () => stream.next(), happen: () => sender.trySend(1) };
  },
};

/** Waits for tasks that have begun to wait. */
const tasks = {
  "JoinHandle await"({ Notify, spawn }) {
    const notify = new Notify();
    const task = spawn(() => notify.notified());
    const ends = [{ [Symbol.dispose]: () => task.abort() }, notify];
    return { ends, wait: () => task, happen: () => notify.notifyOne() };
  },
  "TaskTracker wait"({ TaskTracker }) {
    const tracker = new TaskTracker();
    const token = tracker.token();
    tracker.close();
    const happen = () => token[Symbol.dispose]();
    return { ends: [token], wait: (options) => tracker.wait(options), happen };
  },
  scope({ Notify, scope }) {
    const notify = new Notify();
    const wait = () => scope(async (inner) => void inner.spawn(() => notify.notified()));
    return { ends: [notify], wait, happen: () => notify.notifyOne() };
  },
};
for (const name of ["JoinSet", "JoinMap", "JoinQueue"]) {
  tasks[`${name} joinNext`] = (tokiwa) => {
    const notify = new tokiwa.Notify();
    const group = new tokiwa[name]();
    const body = () => notify.notified();
    if (name === "JoinMap") group.spawn("key", body);
    else group.spawn(body);
    const wait = () => group.joinNext();
    return { ends: [group, notify], wait, happen: () => notify.notifyOne() };
  };
}

/** Every kind of wait by its name; those that carry values twice, in either form. */
export const waits = { ...signals, ...times, ...tasks };
for (const [name, make] of Object.entries({ ...channels, ...locks })) {
  waits[`${name}, local`] = (tokiwa) => make(tokiwa, undefined);
  waits[`${name}, shared`] = (tokiwa) => make(tokiwa, tokiwa.codec.u32);
}

const BATCH = 50;

/** The task of one wait: half of them are generators. What comes of it is given back. */
function start(tokiwa, wait, options, isGenerator) {
  const giveBack = (value) => value?.[Symbol.dispose]?.();
  if (isGenerator) {
    return tokiwa.spawn(function* () {
      giveBack(yield* wait(options));
    });
  }
  return tokiwa.spawn(async () => giveBack(await wait(options)));
}

/** Lets all run a few times. */
async function someTurns({ yieldNow }, most, random) {
  for (let left = Math.floor(random() * (most + 1)); left > 0; left--) await yieldNow();
}

/**
 * Begins so many waits in tasks, has what they wait for happen to some of them, and gives all up,
 * by an abort or by a signal, each at some point or other.
 */
export async function giveUp(tokiwa, begin, times, random) {
  for (let done = 0; done < times; done += BATCH) {
    const [stop, kept] = [new AbortController(), new AbortController()];
    const chosen = () => (random() < 0.5 ? stop : kept).signal;
    const begun = Array.from({ length: BATCH }, () => {
      const each = begin(tokiwa);
      const options = random() < 0.5 ? { signal: chosen() } : undefined;
      return { ...each, task: start(tokiwa, each.wait, options, random() < 0.5) };
    });
    const ended = Promise.allSettled(begun.map(({ task }) => task));
    await someTurns(tokiwa, 2, random);
    for (const { happen } of begun) if (random() < 0.5) happen();
    await someTurns(tokiwa, 2, random);
    if (random() < 0.5) stop.abort(new Error("stop"));
    await someTurns(tokiwa, 1, random);
    for (const { task } of begun) task.abort();
    await ended;
    for (const { ends } of begun) for (const end of ends) end[Symbol.dispose]();
  }
}
