import type { Panel } from "../model/dashboard";
import type { Annotation } from "../chart/annotation";
import type { Exemplar } from "../chart/exemplar";
import type { Frame } from "../frame/frame";
import type { Mode } from "../theme/palette";
import type { TimeRange } from "../time/range";

/** A remark on a moment, or on a span, epoch ms. */
export interface Note {
  from: number;
  to: number;
  text: string;
  tags: string[];
}

export interface Notes {
  add: (note: Note) => Promise<void>;
  /** Says something else in place of what was said. */
  change: (id: number, remark: Pick<Note, "text" | "tags">) => Promise<void>;
  remove: (id: number) => Promise<void>;
}

/** What every panel type gets. */
export interface PanelProps {
  panel: Panel;
  /** Results, transformed and with their field configuration. */
  frames: readonly Frame[];
  exemplars: readonly Exemplar[];
  annotations: readonly Annotation[];
  /** The range that the frames are of. */
  range: TimeRange;
  mode: Mode;
  utc: boolean;
  /** Key of the shared crosshair. */
  sync?: string | undefined;
  onZoom: (from: number, to: number) => void;
  /** Makes and deletes annotations; unset for those who may only look. */
  notes?: Notes | undefined;
  /** Puts variables into a text of the panel. */
  text: (source: string) => string;
}
