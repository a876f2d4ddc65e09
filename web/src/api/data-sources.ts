/** The data sources that panels and variables may name. */

import { objects, text } from "../json";
import { getJson } from "./http";

export interface DataSource {
  uid: string;
  name: string;
  /** `prometheus`, ... */
  type: string;
  isDefault: boolean;
}

export async function listDataSources(): Promise<DataSource[]> {
  return objects(await getJson("/api/datasources")).map((json) => ({
    uid: text(json.uid),
    name: text(json.name),
    type: text(json.type),
    isDefault: json.isDefault === true,
  }));
}
