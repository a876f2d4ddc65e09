/** A panel's results: asked for when it is in view, kept on the screen until the next ones are there. */

import { createEffect, createMemo, createSignal, on, onCleanup, untrack, type Accessor } from "solid-js";
import { isAbort, messageOf } from "../../api/http";
import type { Exemplar } from "../../chart/exemplar";
import type { Frame } from "../../frame/frame";
import { applyFieldConfig } from "../../field/override";
import type { Panel } from "../../model/dashboard";
import { panelRange, type PlanContext, planPanel, type QueryRequest } from "../../query/plan";
import { type PanelResult, runQueries } from "../../query/run";
import { framesOf } from "../../query/snapshot";
import type { TimeRange } from "../../time/range";
import { transform } from "../../transform/transform";
import type { Scope } from "../../variable/interpolate";
import type { DashboardContext } from "./context";

export interface PanelData {
  frames: Frame[];
  /** What was answered, before transformations and field configuration. */
  raw: readonly Frame[];
  exemplars: readonly Exemplar[];
  /** The range that the frames are of. */
  range: TimeRange;
  errors: string[];
  notices: string[];
  /** What was asked for them. */
  asked: readonly QueryRequest[];
}

export interface PanelLoad {
  data: Accessor<PanelData | undefined>;
  loading: Accessor<boolean>;
}

/** What was answered, before transformations and field configuration. */
interface Answered {
  result: PanelResult;
  range: TimeRange;
  asked: readonly QueryRequest[];
}

export interface LoadInputs {
  panel: Accessor<Panel>;
  context: DashboardContext;
  scope: Scope;
  width: Accessor<number>;
  inView: Accessor<boolean>;
}

export function createPanelLoad(inputs: LoadInputs): PanelLoad {
  return inputs.context.frozen ? createFrozenLoad(inputs) : createAskedLoad(inputs);
}

/** What a snapshot keeps of a panel, from the moment when it comes into view. */
function createFrozenLoad({ panel, context, inView }: LoadInputs): PanelLoad {
  const data = createMemo<PanelData | undefined>((before) => {
    if (!inView() && !before) return undefined;
    const result = { frames: framesOf(panel().source), exemplars: [], errors: [], notices: [] };
    return { ...finish(panel(), result, context.range()), asked: [] };
  });
  return { data, loading: () => false };
}

function createAskedLoad({ panel, context, scope, width, inView }: LoadInputs): PanelLoad {
  const [answered, setAnswered] = createSignal<Answered>();
  // A panel that is being edited is drawn anew from what was answered; only a changed question is asked again.
  const data = createMemo(() => {
    const answer = answered();
    return answer && { ...finish(panel(), answer.result, answer.range), asked: answer.asked };
  });
  const [loading, setLoading] = createSignal(false);
  let running: AbortController | undefined;
  let asked = "";
  let shown = "";

  const load = async (plan: PlanContext) => {
    const requests = planPanel(panel(), plan);
    const key = `${plan.nowMs} ${requests.map((request) => request.key + JSON.stringify(request.target)).join("\n")}`;
    if (key === asked) return;
    asked = key;
    running?.abort();
    const abort = new AbortController();
    running = abort;
    setLoading(true);
    try {
      const result = await runQueries(requests, context, abort.signal);
      const next = { result, range: panelRange(panel(), plan), asked: requests };
      const question = requests.map((request) => request.expr).join("\n");
      const before = answered();
      // When the same question fails for a while, its last answer stays on the screen.
      const failed = result.frames.length === 0 && result.errors.length > 0 && question === shown;
      setAnswered(failed && before ? { ...before, result: { ...before.result, errors: result.errors } } : next);
      shown = question;
    } catch (cause) {
      if (isAbort(cause)) return;
      const frames = answered()?.result.frames ?? [];
      setAnswered({ result: { frames, exemplars: [], errors: [messageOf(cause)], notices: [] }, range: plan.range, asked: requests });
    }
    if (running === abort) setLoading(false);
  };

  createEffect(
    on(
      [context.range, context.now, context.ready, width, inView, () => scopeKey(panel(), scope), context.filters, panel],
      ([range, nowMs, ready, pixels, visible]) => {
        if (!ready || !visible || pixels < 10) return;
        const plan: PlanContext = {
          range,
          nowMs,
          width: pixels,
          scope: (name) => untrack(() => scope(name)),
          filters: untrack(context.filters),
          utc: context.dashboard.utc,
          sources: context.sources,
        };
        void load(plan);
      },
    ),
  );
  onCleanup(() => running?.abort());
  return { data, loading };
}

/** Reads every variable, so that a change of any brings the panel's requests up to date. */
function scopeKey(panel: Panel, scope: Scope): string {
  return panel.targets
    .map((target) => `${target.expr}${target.interval}`.replace(/\$\{?(\w+)/g, (_, name: string) => (scope(name)?.values ?? []).join(",")))
    .join("\n");
}

function finish(panel: Panel, result: PanelResult, range: TimeRange): Omit<PanelData, "asked"> {
  const transformed = transform(result.frames, panel.transformations);
  const unknown = transformed.unknown.map((id) => `the transformation "${id}" is not known here; the data is shown without it`);
  return {
    frames: applyFieldConfig(transformed.frames, panel.fieldConfig),
    raw: result.frames,
    exemplars: result.exemplars,
    range,
    errors: result.errors,
    notices: [...result.notices, ...unknown],
  };
}
