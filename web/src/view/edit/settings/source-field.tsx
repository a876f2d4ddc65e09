import { type Json, object, text } from "../../../json";
import { Field } from "../field";
import { createSources } from "../loaded";
import type { OptionTarget } from "../option/target";
import { SourceSelect, sourceChoices } from "../panel/source-select";

/** The data source that a variable or an annotation query asks. */
export function SourceField(props: { item: Json; target: OptionTarget }) {
  const sources = createSources();
  return (
    <Field name="Data source">
      {(id) => (
        <SourceSelect
          id={id}
          choices={sourceChoices(sources(), [])}
          value={text(object(props.item.datasource).uid) || text(props.item.datasource)}
          onChange={({ type, uid }) => props.target.write("datasource", { type, uid })}
        />
      )}
    </Field>
  );
}
