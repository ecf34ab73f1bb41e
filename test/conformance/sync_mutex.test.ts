import { describe } from "vitest";
import { behavesAsAMutex, FORMS } from "./mutexes.ts";

describe("sync_mutex", () => {
  describe.each(FORMS)("%s", (_name, make) => {
    behavesAsAMutex(make, (mutex) => mutex.lock());
  });
});
