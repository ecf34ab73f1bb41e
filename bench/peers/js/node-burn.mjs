// node:net with a handler that computes: see ../../net/cpu-handler.mjs.
import { createServer } from "node:net";
import { burn } from "../../net/burn.mjs";

const iterations = Number(process.env.BENCH_BURN);
const server = createServer({ noDelay: true }, (socket) => {
  socket.on("data", (bytes) => {
    burn(iterations);
    socket.write(bytes);
  });
  socket.on("error", () => {});
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(JSON.stringify({ listening: `127.0.0.1:${server.address().port}` }));
});
