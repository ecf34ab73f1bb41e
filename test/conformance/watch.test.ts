/** tokio-stream's `watch.rs`. */
import { watch } from "tokiwa";
import { END, WatchStream } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe, expect } from "vitest";
import { polled, test } from "./streams.ts";

describe("watch", () => {
  test("watch_stream_message_not_twice", async () => {
    const { sender, receiver } = watch.channel("hello");
    const counter = polled(new WatchStream(receiver));
    expect(counter.poll()).toBe("hello");
    assertPending(counter.poll());
    sender.send("world");
    expect(counter.isWoken).toBe(true);
    expect(counter.poll()).toBe("world");
    assertPending(counter.poll());
    sender[Symbol.dispose]();
    expect(counter.poll()).toBe(END);
  });

  test("watch_stream_from_rx", async () => {
    const { sender, receiver } = watch.channel("hello");
    const stream = new WatchStream(receiver);
    expect(await stream.next()).toBe("hello");
    sender.send("bye");
    expect(await stream.next()).toBe("bye");
  });

  test("watch_stream_from_changes", async () => {
    const { sender, receiver } = watch.channel("hello");
    const stream = new WatchStream(receiver, { skipCurrent: true });
    assertPending(polled(stream).poll());
    sender.send("bye");
    expect(await stream.next()).toBe("bye");
  });
});
