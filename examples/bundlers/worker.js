/** What each worker begins with. */
import { serveTasks } from "tokiwa";

serveTasks(() => import("./tasks.js"));
