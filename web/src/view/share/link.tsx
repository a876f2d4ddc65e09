import { createSignal, For } from "solid-js";
import { mode } from "../../app/theme";
import type { Panel } from "../../model/dashboard";
import type { DashboardContext } from "../dashboard/context";
import { Field, Toggle } from "../edit/field";
import { pageAddress, pictureAddress } from "./address";
import { CopyButton } from "./copy-button";

interface LinkProps {
  context: DashboardContext;
  panel: Panel | undefined;
}

/** The address that leads here. */
export function LinkTab(props: LinkProps) {
  const [lockTime, setLockTime] = createSignal(true);
  const [withVariables, setWithVariables] = createSignal(true);
  const address = () => pageAddress(props.context, props.panel, { lockTime: lockTime(), withVariables: withVariables() });
  return (
    <>
      <LockTime on={lockTime()} onChange={setLockTime} />
      <Field name="Include the values of variables" inline>
        {(id) => <Toggle id={id} on={withVariables()} onChange={setWithVariables} />}
      </Field>
      <Address name="Link" address={address()} />
    </>
  );
}

function LockTime(props: { on: boolean; onChange: (on: boolean) => void }) {
  return (
    <Field name="Lock time range" hint="The relative range becomes the one that is shown now." inline>
      {(id) => <Toggle id={id} on={props.on} onChange={props.onChange} />}
    </Field>
  );
}

const THEMES = ["dark", "light"];
const FORMATS = ["png", "svg"];

/** The address of a picture that the server draws. */
export function PictureTab(props: LinkProps) {
  const [theme, setTheme] = createSignal<string>(mode());
  const [format, setFormat] = createSignal("png");
  const [lockTime, setLockTime] = createSignal(false);
  const address = () => pictureAddress(props.context, props.panel, { theme: theme(), format: format(), lockTime: lockTime() });
  return (
    <>
      <p class="muted">A picture for mails, chats and screens. It is drawn anew each time that somebody opens it.</p>
      <LockTime on={lockTime()} onChange={setLockTime} />
      <Choice name="Theme" chosen={theme()} choices={THEMES} onChange={setTheme} />
      <Choice name="Format" chosen={format()} choices={FORMATS} onChange={setFormat} />
      <Address name="Picture" address={address()} />
      <a class="button share-open" href={address()} target="_blank" rel="noreferrer">
        Open the picture
      </a>
    </>
  );
}

function Choice(props: { name: string; chosen: string; choices: readonly string[]; onChange: (choice: string) => void }) {
  return (
    <Field name={props.name} inline>
      {(id) => (
        <select id={id} onChange={(event) => props.onChange(event.currentTarget.value)}>
          <For each={props.choices}>{(one) => <option selected={one === props.chosen}>{one}</option>}</For>
        </select>
      )}
    </Field>
  );
}

/** An address to be read and copied. */
export function Address(props: { name: string; address: string }) {
  return (
    <div class="share-address">
      <input
        class="mono"
        type="text"
        readonly
        aria-label={props.name}
        value={props.address}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton primary name="Copy" text={props.address} />
    </div>
  );
}
