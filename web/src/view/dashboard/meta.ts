/** What there is to say about a dashboard that the server does not have. */

import type { DashboardMeta } from "../../api/grafana";

export const NEW: DashboardMeta = {
  canSave: true,
  canEdit: true,
  canDelete: false,
  provisioned: false,
  provisionedFile: "",
  folderUid: "",
  folderTitle: "",
  version: 0,
  isNew: true,
};
