/**
 * Tokio's `rt_handle_block_on.rs`: blocking on a runtime, and what is left of it after its end.
 *
 * Nothing can happen to a runtime while its thread is blocked on it, so "before shutdown" is what
 * was made, and not waited for, before.
 */
import { mpsc, sleep, spawn, spawnBlocking, yieldNow } from "tokiwa";
import { TcpListener } from "tokiwa/net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { rejection, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

const closed = { name: "ClosedError", message: expect.stringContaining("shut down") };

describe("rt_handle_block_on", () => {
  onEveryFlavor((make) => {
    test("basic", async () => {
      const { handle, end } = await made();
      const one = function* () {
        yield* [];
        return 1;
      };
      expect(handle.blockOn(one)).toBe(1);
      await end();
      expect(handle.blockOn(one)).toBe(1);
    });

    test("basic_spawn_blocking", async () => {
      const { handle } = await made();
      const answer = handle.blockOn(function* () {
        return yield* spawnBlocking(portable.echo, 42);
      });
      expect(answer).toBe(42);
    });

    test("bounded_mpsc_channel", async () => {
      const { handle } = await made();
      const answer = handle.blockOn(function* () {
        const { sender, receiver } = mpsc.channel<number>(1);
        spawn(() => sender.send(42));
        return yield* receiver.recv();
      });
      expect(answer).toBe(42);
    });

    test("unbounded_mpsc_channel", async () => {
      const { handle } = await made();
      const answer = handle.blockOn(function* () {
        const { sender, receiver } = mpsc.unboundedChannel<number>();
        sender.send(42);
        return yield* receiver.recv();
      });
      expect(answer).toBe(42);
    });

    test("spawn_blocking_after_shutdown_fails", async () => {
      const { handle, end } = await made();
      await end();
      const late = () => handle.blockOn(handle.spawnBlocking(portable.echo, 42));
      expect(late).toThrow(expect.objectContaining({ name: "JoinError", isCancelled: true }));
    });

    test("spawn_blocking_started_before_shutdown_continues", async () => {
      const { handle, end } = await made();
      const job = handle.spawnBlocking(portable.hold, gate.mark("begun"), gate.path);
      await until(() => gate.hasMark("begun"));
      const ended = end();
      gate.open();
      expect(await job).toBe(job.id);
      await ended;
    });

    test("tcp_listener_bind", async () => {
      const { handle } = await made();
      const listener = handle.blockOn(() => TcpListener.bind("127.0.0.1:0"));
      expect(listener.localAddr.port).toBeGreaterThan(0);
      listener.close();
    });

    test.for([false, true])(
      "tcp_listener_connect_after_shutdown, sockets before: %s",
      async (had) => {
        const { handle, end } = await made();
        const bind = () => handle.blockOn(() => TcpListener.bind("127.0.0.1:0"));
        if (had) bind();
        await end();
        expect(bind).toThrow(expect.objectContaining(closed));
      },
    );

    test("tcp_listener_connect_before_shutdown", async () => {
      const { handle, end, inside } = await made();
      const binding = inside(() => TcpListener.bind("127.0.0.1:0"));
      await end();
      expect(() => handle.blockOn(binding)).toThrow(expect.objectContaining(closed));
    });

    test("spawn_after_runtime_dropped", async () => {
      const { handle, end } = await made();
      const before = handle.spawn(async () => new Promise(() => {}));
      await yieldNow();
      await end();
      expect(await rejection(before)).toMatchObject({ isCancelled: true });
      expect(await rejection(handle.spawn(async () => 1))).toMatchObject({ isCancelled: true });
    });

    test("sleep", async () => {
      const { handle } = await made();
      const begin = performance.now();
      handle.blockOn(() => sleep(20));
      expect(performance.now() - begin).toBeGreaterThanOrEqual(20);
    });

    test("sleep_before_shutdown_panics", async () => {
      const { handle, end, inside } = await made();
      const sleeping = inside(() => sleep(20));
      await end();
      expect(() => handle.blockOn(sleeping)).toThrow(expect.objectContaining(closed));
    });

    test("sleep_after_shutdown_panics", async () => {
      const { handle, end } = await made();
      await end();
      expect(() => handle.blockOn(() => sleep(20))).toThrow(expect.objectContaining(closed));
    });

    /** A runtime's handle, its end, and a way to make what belongs to it. */
    async function made() {
      const runtime = await make();
      const { handle } = runtime;
      return {
        handle,
        end: () => runtime.shutdown(),
        inside<T>(body: () => T): T {
          const guard = handle.enter();
          try {
            return body();
          } finally {
            guard[Symbol.dispose]();
          }
        },
      };
    }
  });

  cannot("yield_in_block_in_place", "there is no block_in_place");
  cannot("basic_fs", "the runtime has no files of its own yet");
  cannot("fs_shutdown_before_started", "the runtime has no files of its own yet");
  cannot("udp_socket_bind", "the runtime has no UDP sockets yet");
  cannot("udp_stream_bind_after_shutdown", "the runtime has no UDP sockets yet");
  cannot("udp_stream_bind_before_shutdown", "the runtime has no UDP sockets yet");
  cannot("unix_listener_bind_after_shutdown", "the runtime has no Unix sockets yet");
  cannot("unix_listener_shutdown_after_bind", "the runtime has no Unix sockets yet");
  cannot("unix_listener_shutdown_after_accept", "the runtime has no Unix sockets yet");
});
