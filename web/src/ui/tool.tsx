import { Icon, type IconName } from "./icon";

/** A small button with an icon, for the head of something. */
export function Tool(props: { icon: IconName; name: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      class="panel-hint"
      aria-label={props.name}
      title={props.name}
      disabled={props.disabled}
      onClick={() => props.onClick()}
    >
      <Icon name={props.icon} />
    </button>
  );
}
