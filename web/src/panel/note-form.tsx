import { createSignal, Show } from "solid-js";
import { messageOf } from "../api/http";

/** What somebody has to say about a moment or a span. */
export interface Remark {
  text: string;
  tags: string[];
}

interface FormProps {
  /** What was said before. */
  remark?: Remark;
  save: (remark: Remark) => Promise<void>;
  onSaved: () => void;
}

/** Takes a remark. */
export function NoteForm(props: FormProps) {
  const [problem, setProblem] = createSignal("");
  const save = async (form: HTMLFormElement) => {
    try {
      await props.save(readRemark(form));
      props.onSaved();
    } catch (cause) {
      setProblem(messageOf(cause));
    }
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <label>
        Description
        <textarea name="text" rows="3" required value={props.remark?.text ?? ""} ref={(element) => queueMicrotask(() => element.focus())} />
      </label>
      <label>
        Tags
        <input name="tags" placeholder="deploy, edge-1" value={props.remark?.tags.join(", ") ?? ""} />
      </label>
      <Show when={problem()}>
        <p role="alert">{problem()}</p>
      </Show>
      <button type="submit" class="button">
        Save
      </button>
    </form>
  );
}

function readRemark(form: HTMLFormElement): Remark {
  const data = new FormData(form);
  const field = (name: string) => String(data.get(name) ?? "").trim();
  const tags = field("tags")
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return { text: field("text"), tags };
}
