import { Icon } from "../ui/icon";
import { type Choice, chooseTheme, themeChoice } from "./theme";

const NEXT: Record<Choice, Choice> = { system: "dark", dark: "light", light: "system" };
const NAME: Record<Choice, string> = { system: "as the system", dark: "dark", light: "light" };

/** Goes through system, dark and light. */
export function ThemeButton() {
  const label = () => `Theme: ${NAME[themeChoice()]}`;
  return (
    <button type="button" class="icon-button" aria-label={label()} title={label()} onClick={() => chooseTheme(NEXT[themeChoice()])}>
      <Icon name={themeChoice() === "system" ? "theme" : themeChoice() === "dark" ? "moon" : "sun"} />
    </button>
  );
}
