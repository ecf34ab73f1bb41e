/** The page: keeps the runtime, what is shown and the address in step with what is chosen. */

import { Controls } from "./controls.ts";
import { Engine, isShared } from "./engine.ts";
import { MandelbrotJob } from "./mandelbrot.ts";
import { Stage } from "./stage.ts";
import { formatState, initialState, parseState, type State } from "./state.ts";

const initial = initialState(navigator.hardwareConcurrency);
let state = parseState(location.hash, initial);
let engine: Engine | undefined;
/** Restarts come one after the other. */
let restarting = Promise.resolve();

const job = new MandelbrotJob(document.getElementById("mandelbrot") as HTMLCanvasElement);
applyTheme(state);
const stage = new Stage(job);
const controls = new Controls(state, {
  onChange: change,
  onPause: (isPaused) => {
    stage.isPaused = isPaused;
    job.isHeld = isPaused;
  },
});

function change(next: State): void {
  const before = state;
  state = next;
  history.replaceState(undefined, "", formatState(next));
  if (before.theme !== next.theme) applyTheme(next);
  if (workersOf(before) !== workersOf(next)) restart();
  else engine?.apply(next);
}

const workersOf = ({ mode, workers }: State) => (mode === "one" ? 1 : workers);

/** A runtime has as many workers as it was made with: another number takes another runtime. */
function restart(): void {
  restarting = restarting.then(async () => {
    if (engine !== undefined && workersOf(state) === engine.runtime.metrics.workers) {
      stage.show(engine, state.mode);
      engine.apply(state);
      return;
    }
    const old = engine;
    engine = undefined;
    stage.show(undefined, state.mode);
    void job.run(undefined);
    await old?.stop();
    engine = await Engine.start(state);
    engine.apply(state);
    stage.show(engine, state.mode);
    void job.run(engine);
  });
  restarting.catch((error) => tell(String(error)));
}

function applyTheme({ theme }: State): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function tell(text: string): void {
  const notice = document.getElementById("notice") as HTMLElement;
  notice.hidden = false;
  notice.textContent = text;
}

const motion = matchMedia("(prefers-reduced-motion: reduce)");
function applyMotion(): void {
  stage.isStill = motion.matches;
  job.isStill = motion.matches;
}

motion.addEventListener("change", applyMotion);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => stage.repaint());
new MutationObserver(() => stage.repaint()).observe(document.documentElement, { attributes: true });
addEventListener("hashchange", () => {
  const next = parseState(location.hash, initial);
  controls.show(next);
  change(next);
});

applyMotion();
if (!isShared) {
  controls.forbidWorkers();
  tell(
    "This page may not share memory, so everything runs on its one thread. With the headers " +
      "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp " +
      "it would have workers.",
  );
}
restart();
