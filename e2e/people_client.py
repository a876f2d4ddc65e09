"""What grafana-client of PyPI does with users, service accounts and the organisation, as JSON."""

import json
import sys

from grafana_client import GrafanaApi, TokenAuth
from grafana_client.client import GrafanaClientError
from grafana_client.model import PersonalPreferences

url, password = sys.argv[1:]
grafana = GrafanaApi.from_url(url=url, credential=("admin", password))


def status(call):
    try:
        call()
    except GrafanaClientError as error:
        return error.status_code
    return 200


made = grafana.admin.create_user({"login": "ada", "email": "ada@box", "name": None, "password": "abacus", "OrgId": 1})
ada = GrafanaApi.from_url(url=url, credential=("ada", "abacus"))
before = status(lambda: ada.folder.create_folder("Hers"))
grafana.organization.update_user_current_organization(made["id"], {"role": "Editor"})
after = status(lambda: ada.folder.create_folder("Hers", uid="hers"))
ada.user.update_preferences(PersonalPreferences(theme="light", timezone="utc"))
ada.user.star_dashboard("edge-stack")
ada.user.change_actual_user_password("abacus", "difference")
stale = status(lambda: ada.user.get_actual_user())
ada = GrafanaApi.from_url(url=url, credential=("ada", "difference"))
starred = [one["uid"] for one in ada.search.search_dashboards(starred=True)]

account = grafana.serviceaccount.create({"name": "robot", "role": "Viewer"})
token = grafana.serviceaccount.create_token(account["id"], {"name": "arm", "secondsToLive": 600})
robot = GrafanaApi.from_url(url=url, credential=TokenAuth(token["key"]))
looks = status(lambda: robot.search.search_dashboards())
changes = status(lambda: robot.folder.create_folder("Its"))
grafana.serviceaccount.update(account["id"], {"role": "Editor"})
tokens = [one["name"] for one in grafana.serviceaccount.get_tokens(account["id"])]
found = grafana.serviceaccount.search_one("robot")["role"]
grafana.serviceaccount.delete_token(account["id"], token["id"])
ended = status(lambda: robot.search.search_dashboards())

grafana.organization.update_current_organization({"name": "House"})
answers = {
    "changes": [before, after],
    "profile": [ada.user.get_actual_user()["orgRole"], ada.user.get_preferences()["theme"], starred, stale],
    "robot": [looks, changes, tokens, found, ended],
    "users": sorted(user["login"] for user in grafana.users.search_users()),
    "ada": grafana.users.find_user("ada@box")["id"] == made["id"],
    "organization": [grafana.organization.get_current_organization()["name"], grafana.organizations.list_organization()],
    "members": len(grafana.organizations.organization_user_list(1)),
    "deleted": grafana.admin.delete_user(made["id"])["message"],
    "gone": status(lambda: grafana.users.get_user(made["id"])),
}
json.dump(answers, sys.stdout)
