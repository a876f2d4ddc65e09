import { Icon } from "../ui/icon";

/** In the place of a panel that cannot be drawn: says which plugin or data source it wants. */
export function UnsupportedPanel(props: { what: "panel" | "data source"; name: string }) {
  return (
    <div class="panel-message" role="status">
      <Icon name="info" />
      <p>
        {props.what === "panel" ? "This panel needs the plugin" : "This panel asks a data source of the type"}{" "}
        <code>{props.name || "(none)"}</code>, which Gnomon does not have.
      </p>
    </div>
  );
}
