"""What grafana-client of PyPI does with data sources, with the address of another server, as JSON."""

import json
import sys

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError

url, password, other = sys.argv[1:]
sources = GrafanaApi.from_url(url=url, credential=("admin", password)).datasource


def refused(call):
    try:
        call()
    except GrafanaClientError as error:
        return [error.status_code, error.response.get("message", "")]
    return None


source = {
    "name": "Other",
    "type": "prometheus",
    "access": "proxy",
    "url": other,
    "jsonData": {"httpHeaderName1": "X-Scope-OrgID"},
    "secureJsonData": {"httpHeaderValue1": "home"},
}
added = sources.create_datasource(source)
uid = added["datasource"]["uid"]
again = refused(lambda: sources.create_datasource(source))
kept = sources.get_datasource_by_uid(uid)
changed = sources.update_datasource_by_uid(uid, {**kept, "isDefault": True})
listed = {one["name"]: one["isDefault"] for one in sources.list_datasources()}
by_id = sources.query(added["id"], "vector(7)", 1_700_000_000)
by_uid = sources.query(query="vector(7)", timestamp=1_700_000_000, datasource_uid=uid)
print(
    json.dumps(
        {
            "added": added["message"],
            "again": again,
            "same": sources.get_datasource_id_by_name("Other")["id"] == added["id"],
            "secrets": kept["secureJsonFields"],
            "changed": changed["message"],
            "listed": listed,
            "health": sources.health(uid)["status"],
            "answers": [answer["data"]["result"][0]["value"][1] for answer in (by_id, by_uid)],
            "protected": refused(lambda: sources.delete_datasource_by_uid("prometheus")),
            "deleted": sources.delete_datasource_by_name("Other")["message"],
            "gone": refused(lambda: sources.get_datasource_by_uid(uid)),
        }
    )
)
