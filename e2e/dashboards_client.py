"""What grafana-client of PyPI does with dashboards and what belongs to them, as JSON."""

import json
import sys

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError

url, password = sys.argv[1:]
grafana = GrafanaApi.from_url(url=url, credential=("admin", password))


def refused(call):
    try:
        call()
    except GrafanaClientError as error:
        return [error.status_code, error.response.get("status", "")]
    return None


folder = grafana.folder.create_folder("House", uid="house")
inner = grafana.folder.create_folder("Attic", uid="attic", parent_uid="house")
dashboard = {"uid": "fan", "title": "Fan", "tags": ["air"], "panels": []}
saved = grafana.dashboard.update_dashboard({"dashboard": dashboard, "folderUid": "attic", "message": "first"})
stale = refused(lambda: grafana.dashboard.update_dashboard({"dashboard": dashboard, "folderUid": "attic"}))
changed = {**dashboard, "version": 1, "description": "of the attic"}
again = grafana.dashboard.update_dashboard({"dashboard": changed, "folderUid": "attic"})
read = grafana.dashboard.get_dashboard("fan")
versions = grafana.dashboard_versions.get_dashboard_versions_by_uid("fan")
first = grafana.dashboard_versions.get_dashboard_version_by_uid("fan", 1)
restored = grafana.dashboard_versions.restore_dashboard_by_uid("fan", 1)
found = grafana.search.search_dashboards(query="fan", tag="air")
renamed = grafana.folder.update_folder("attic", title="Loft", overwrite=True)
moved = grafana.folder.move_folder("attic", "")
note = grafana.annotations.add_annotation(dashboard_uid="fan", time_from=1000, tags=["boot"], text="Boot")
grafana.annotations.add_annotation_graphite(what="Deploy", tags=["ci"], when=5)
grafana.annotations.partial_update_annotation(note["id"], text="Reboot", tags=["boot"])
notes = grafana.annotations.find_annotations(dashboard_uid="fan", tags=["boot"])
grafana.annotations.delete_annotations_by_id(note["id"])
snapshot = grafana.snapshots.create_new_snapshot(dashboard, name="Then", expires=60)
snapshots = [one["name"] for one in grafana.snapshots.get_dashboard_snapshots()]
shown = grafana.snapshots.get_snapshot_by_key(snapshot["key"])
grafana.snapshots.delete_snapshot_by_delete_key(snapshot["deleteKey"])
permissions = grafana.dashboard.get_permissions_by_uid("fan")
tags = grafana.dashboard.get_dashboards_tags()
deleted = grafana.dashboard.delete_dashboard("fan")
for uid in ("attic", "house"):
    grafana.folder.delete_folder(uid)

print(json.dumps({
    "inner": inner["parents"][0]["uid"],
    "saved": [saved["status"], saved["version"], saved["folderUid"]],
    "stale": stale,
    "again": again["version"],
    "read": [read["meta"]["folderTitle"], read["meta"]["createdBy"], read["dashboard"]["version"]],
    "versions": len(versions["versions"]),
    "first": first["data"]["title"],
    "restored": restored["version"],
    "found": [one["uid"] for one in found],
    "renamed": renamed["title"],
    "moved": moved["parents"],
    "notes": [one["text"] for one in notes],
    "snapshots": snapshots,
    "shown": shown["dashboard"]["title"],
    "permissions": [one["permissionName"] for one in permissions],
    "tagged": {"term": "air", "count": 1} in tags,
    "deleted": deleted["message"],
    "gone": refused(lambda: grafana.dashboard.get_dashboard("fan")),
}))
