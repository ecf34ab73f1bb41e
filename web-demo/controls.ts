/** The sliders, the switch and the buttons. */

import { LOADS, type Mode, type State, type Theme } from "./state.ts";

export interface ControlEvents {
  onChange(state: State): void;
  onPause(isPaused: boolean): void;
}

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export class Controls {
  readonly #form = element<HTMLFormElement>("controls");
  readonly #theme = element<HTMLButtonElement>("theme");
  readonly #pause = element<HTMLButtonElement>("pause");
  readonly #share = element<HTMLButtonElement>("share");
  readonly #events: ControlEvents;
  #state: State;

  constructor(state: State, events: ControlEvents) {
    this.#state = state;
    this.#events = events;
    this.show(state);
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", () => this.#take());
    // The switch belongs to the form, and stands elsewhere.
    for (const choice of this.#modes) choice.addEventListener("input", () => this.#take());
    this.#theme.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(this.#state.theme) + 1) % THEMES.length];
      this.#set({ ...this.#state, theme: next ?? "auto" });
    });
    this.#pause.addEventListener("click", () => {
      const isPaused = this.#pause.getAttribute("aria-pressed") !== "true";
      this.#pause.setAttribute("aria-pressed", String(isPaused));
      this.#pause.textContent = isPaused ? "Go on" : "Pause";
      events.onPause(isPaused);
    });
    this.#share.addEventListener("click", () => void this.#copyLink());
  }

  /** Sets everything as the state says. */
  show(state: State): void {
    this.#state = state;
    this.#slider("workers").value = String(state.workers);
    this.#slider("tasks").value = String(LOADS.indexOf(state.tasks));
    this.#slider("imbalance").value = String(state.imbalance);
    this.#slider("drain").value = String(state.drain);
    for (const choice of this.#modes) choice.checked = choice.value === state.mode;
    this.#theme.textContent = `Theme: ${state.theme}`;
    this.#say("workers", `${state.workers} ${state.workers === 1 ? "worker" : "workers"}`);
    this.#say("tasks", `${state.tasks.toLocaleString("en-US")} tasks`);
    this.#say("imbalance", `${state.imbalance} %`);
    this.#say("drain", `${state.drain} msg/s`);
  }

  /** Only one thread is there: nothing to choose. */
  forbidWorkers(): void {
    this.#slider("workers").disabled = true;
    this.#say("workers", "the page alone");
    for (const choice of this.#modes) choice.disabled = true;
  }

  get #modes(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>("input[name=mode]")];
  }

  #slider(name: string): HTMLInputElement {
    return this.#form.querySelector(`input[name=${name}]`) as HTMLInputElement;
  }

  #say(name: string, text: string): void {
    const output = this.#form.querySelector(`[data-output=${name}]`) as HTMLElement;
    output.textContent = text;
    const slider = this.#slider(name);
    slider.setAttribute("aria-valuetext", text);
    const { min, max, value } = slider;
    const part = (Number(value) - Number(min)) / (Number(max) - Number(min));
    slider.style.setProperty("--part", String(part));
  }

  #take(): void {
    const mode = this.#modes.find(({ checked }) => checked)?.value;
    this.#set({
      ...this.#state,
      workers: Number(this.#slider("workers").value),
      tasks: LOADS[Number(this.#slider("tasks").value)] ?? 0,
      imbalance: Number(this.#slider("imbalance").value),
      drain: Number(this.#slider("drain").value),
      mode: mode as Mode,
    });
  }

  #set(state: State): void {
    this.show(state);
    this.#events.onChange(state);
  }

  async #copyLink(): Promise<void> {
    const said = await navigator.clipboard.writeText(location.href).then(
      () => "Link copied",
      () => "Link is in the address bar",
    );
    this.#share.textContent = said;
    setTimeout(() => {
      this.#share.textContent = "Copy link";
    }, 2000);
  }
}

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
