/** Dark or light: as chosen, else as the system has it. */

import { createEffect, createMemo, createRoot, createSignal } from "solid-js";
import type { Mode } from "../theme/palette";

export type Choice = "system" | Mode;

const KEY = "gnomon.theme";
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function stored(): Choice {
  try {
    const value = window.localStorage.getItem(KEY);
    return value === "dark" || value === "light" ? value : "system";
  } catch {
    return "system";
  }
}

const [choice, setChoice] = createSignal<Choice>(stored());
const [dark, setDark] = createSignal(systemDark.matches);

export const themeChoice = choice;

/** The mode in force. */
export const mode = createRoot(() =>
  createMemo<Mode>(() => {
    const chosen = choice();
    return chosen === "system" ? (dark() ? "dark" : "light") : chosen;
  }),
);

/** Takes the theme that the server keeps for a user, where this browser has chosen none. */
export function adoptTheme(theme: string): void {
  if (choice() === "system" && (theme === "dark" || theme === "light")) setChoice(theme);
}

export function chooseTheme(next: Choice): void {
  setChoice(next);
  try {
    window.localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Keeps the document in the mode in force. */
export function startTheme(): void {
  systemDark.addEventListener("change", (event) => setDark(event.matches));
  createRoot(() =>
    createEffect(() => {
      document.documentElement.dataset.theme = mode();
    }),
  );
}
