/** Addresses of what is shared. */

import { placed } from "../../base";
import type { Panel } from "../../model/dashboard";
import type { DashboardContext } from "../dashboard/context";
import { timeParameters, variableParameters } from "../dashboard/links";

export interface LinkChoice {
  /** Whether the range stays where it is now. */
  lockTime: boolean;
  /** Whether the variables' present values are in it. */
  withVariables: boolean;
}

/** The page that is shown, or one panel of it. */
export function pageAddress(context: DashboardContext, panel: Panel | undefined, choice: LinkChoice): string {
  const parameters = [...rangeOf(context, choice.lockTime), ...(choice.withVariables ? variableParameters(context) : [])];
  if (panel) parameters.push(`viewPanel=${panel.id}`);
  return `${window.location.origin}${window.location.pathname}?${parameters.join("&")}`;
}

function rangeOf(context: DashboardContext, locked: boolean): string[] {
  const { from, to } = context.range();
  return locked ? [`from=${from}`, `to=${to}`] : timeParameters(context);
}

export interface PictureChoice {
  theme: string;
  format: string;
  lockTime: boolean;
}

/** A picture of the dashboard, or of one panel, that the server draws. */
export function pictureAddress(context: DashboardContext, panel: Panel | undefined, choice: PictureChoice): string {
  const uid = encodeURIComponent(context.dashboard.uid);
  const path = placed(panel ? `/render/d-solo/${uid}` : `/render/d/${uid}`);
  const own = Object.entries(panel?.scope ?? {});
  const others = variableParameters(context).filter((one) => !own.some(([name]) => one.startsWith(`var-${encodeURIComponent(name)}=`)));
  const parameters = [
    ...(panel ? [`panelId=${panel.id}`] : []),
    ...rangeOf(context, choice.lockTime),
    ...others,
    ...own.flatMap(([name, values]) => values.map((value) => `var-${encodeURIComponent(name)}=${encodeURIComponent(value)}`)),
    `theme=${choice.theme}`,
    `format=${choice.format}`,
  ];
  return `${window.location.origin}${path}?${parameters.join("&")}`;
}
