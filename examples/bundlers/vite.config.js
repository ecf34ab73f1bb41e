/** What lets a page share memory with its workers. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default {
  server: { headers },
  preview: { headers },
  // The format that has pieces, as pages do: tasks become one.
  worker: { format: "es" },
};
