/** Line icons on a grid of 16, drawn in the colour of the text. */

const PATHS = {
  dashboards: "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5h4.5v3H2.5z",
  explore: "M2 13.5h12M2.5 10.5l3.2-4 2.8 2.6 4.8-6",
  targets: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M8 .8v2M8 13.2v2M.8 8h2M13.2 8h2",
  user: "M8 2.5a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M2.5 13.8c.5-2.8 2.6-4.2 5.5-4.2s5 1.4 5.5 4.2",
  theme: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 2.5v11M8 5h3.8M8 8h5.5M8 11h3.8",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  clock: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2M8 4.8V8l2.2 1.6",
  refresh: "M13.2 6.2A5.5 5.5 0 0 0 3 5.6M2.8 2.6v3.2H6M2.8 9.8a5.5 5.5 0 0 0 10.2.6M13.2 13.4v-3.2H10",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4l-4 4 4 4",
  out: "M3.5 8h9M6.5 5l-3 3 3 3M9.5 5l3 3-3 3",
  info: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2M8 7.2v3.6M8 5v.4",
  warning: "M8 2.4 14.2 13.4H1.8zM8 6.6v3M8 11.3v.3",
  link: "M7 4.5h-3.5v8h8V9M9 3.5h3.5V7M12.3 3.7 7.5 8.5",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.4 3.4",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  history: "M3 4.5A5.8 5.8 0 1 1 2.2 8M2.6 2v2.8h2.8M8 5v3.2l2.2 1.4",
  more: "M8 3.2v.1M8 8v.1M8 12.7v.1",
  view: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8M8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6",
  star: "M8 2.2l1.8 3.7 4 .6-2.9 2.8.7 4L8 11.4l-3.6 1.9.7-4L2.2 6.5l4-.6z",
  format: "M2.5 3.5h11M5.5 6.5h8M5.5 9.5h5M2.5 12.5h11",
  share: "M6.5 9.5l3-3M7 4.5 8.6 2.9a3 3 0 0 1 4.4 4.4L11.5 9M4.6 7 3 8.6A3 3 0 0 0 7.4 13L9 11.4",
  check: "M3.5 8.5l3 3 6-7",
  edit: "M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2zM9.4 4.4l2.2 2.2",
  settings:
    "M2.5 4.5h6M12 4.5h1.5M8.5 4.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M2.5 11.5H4M7.5 11.5h6M4 11.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0",
  save: "M2.8 2.8h8.4l2 2v8.4H2.8zM5 2.8v3.6h5V2.8M5 13.2V9h6v4.2",
  trash: "M3 4.5h10M6.2 4.5V2.8h3.6v1.7M4.2 4.5l.6 8.7h6.4l.6-8.7M6.8 7v4M9.2 7v4",
  copy: "M5.5 5.5h7.7v7.7H5.5zM3 10.3V2.8h7.3",
  clipboard: "M5.5 3.5h-2v10h9v-10h-2M5.8 2.3h4.4v2.6H5.8z",
  up: "M4 10l4-4 4 4",
  download: "M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M3 13.5h10",
  undo: "M5.5 3 2.8 5.7l2.7 2.7M3 5.7h6a3.8 3.8 0 0 1 0 7.6H6",
  redo: "M10.5 3l2.7 2.7-2.7 2.7M13 5.7H7a3.8 3.8 0 0 0 0 7.6h3",
  hidden: "M2 2l12 12M6.5 4c4.6-1 7.7 4 7.7 4s-.6 1-1.7 2M4.3 5.3C2.7 6.5 1.8 8 1.8 8S4 12.2 8 12.2c1 0 1.9-.3 2.7-.6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}
