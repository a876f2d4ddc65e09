import { Index } from "solid-js";
import { moved } from "../../../edit/path";
import { flag, type Json, number, object, text } from "../../../json";
import { Tool } from "../../../ui/tool";

interface OrganizeProps {
  options: Json;
  fields: readonly string[];
  onChange: (options: Json) => void;
}

/** Fields in their order, each shown or hidden, under its own name or another. */
export function Organize(props: OrganizeProps) {
  const excluded = () => object(props.options.excludeByName);
  const renamed = () => object(props.options.renameByName);
  const order = () => object(props.options.indexByName);
  const fields = () => {
    const place = (name: string) => number(order()[name]) ?? Number.MAX_SAFE_INTEGER;
    return [...props.fields].sort((a, b) => place(a) - place(b));
  };
  const put = (key: string, name: string, value: unknown) => {
    const { [name]: _before, ...others } = object(props.options[key]);
    props.onChange({ ...props.options, [key]: value === undefined ? others : { ...others, [name]: value } });
  };
  const move = (index: number, by: number) => {
    const next = moved(fields(), index, index + by);
    props.onChange({ ...props.options, indexByName: Object.fromEntries(next.map((name, at) => [name, at])) });
  };
  return (
    <ul class="organize">
      <Index each={fields()} fallback={<li class="muted">The queries answer with no fields yet.</li>}>
        {(name, index) => (
          <li>
            <Tool icon="up" name={`Move ${name()} up`} disabled={index === 0} onClick={() => move(index, -1)} />
            <Tool icon="down" name={`Move ${name()} down`} disabled={index === fields().length - 1} onClick={() => move(index, 1)} />
            <Tool
              icon={flag(excluded()[name()]) ? "hidden" : "view"}
              name={flag(excluded()[name()]) ? `Show ${name()}` : `Hide ${name()}`}
              onClick={() => put("excludeByName", name(), flag(excluded()[name()]) ? undefined : true)}
            />
            <span class="organize-name" title={name()}>
              {name()}
            </span>
            <input
              type="text"
              aria-label={`New name of ${name()}`}
              placeholder="Rename"
              value={text(renamed()[name()])}
              onInput={(event) => put("renameByName", name(), event.currentTarget.value || undefined)}
            />
          </li>
        )}
      </Index>
    </ul>
  );
}
