/** The variables as a panel sees them. */

import type { Panel } from "../../model/dashboard";
import type { Scope } from "../../variable/interpolate";
import type { DashboardContext } from "./context";
import { timeParameters, variableParameters } from "./links";

/** The dashboard's variables, with the one value of a repeated variable in its place. */
export function panelScope(panel: () => Panel, context: DashboardContext): Scope {
  return (name) => {
    const whole = context.scope(name);
    const own = panel().scope[name];
    return own ? { values: own, multi: whole?.multi ?? false } : whole;
  };
}

/** Texts may name the range as well as the variables. */
export function withTimes(scope: Scope, context: DashboardContext): Scope {
  return (name) => {
    if (name === "__from") return { values: [String(context.range().from)] };
    if (name === "__to") return { values: [String(context.range().to)] };
    if (name === "__dashboard") return { values: [context.dashboard.title] };
    if (name === "__url_time_range") return { values: [timeParameters(context).join("&")] };
    if (name === "__all_variables") return { values: [variableParameters(context).join("&")] };
    return scope(name);
  };
}
