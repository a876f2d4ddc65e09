"""What prometheus-api-client reads from the API at the URL given, as JSON."""

import json
import sys
from datetime import datetime, timedelta

from prometheus_api_client import PrometheusConnect

client = PrometheusConnect(url=sys.argv[1])
end = datetime.now()
start = end - timedelta(minutes=1)
current = client.get_current_metric_value("up", {"job": "gnomon"})
span = {"start_time": start, "end_time": end}
range_data = client.get_metric_range_data("up", **span)
print(
    json.dumps(
        {
            "connected": client.check_prometheus_connection(),
            "jobs": client.get_label_values("job"),
            "named": "up" in client.all_metrics(),
            "labelled": "instance" in client.get_label_names(),
            "current": current,
            "range": range_data,
            "sum": client.custom_query("sum(up)")[0]["value"][1],
            "series": len(client.get_series(start, end, {"match[]": ["up"]})),
            "stepped": len(client.custom_query_range("up", start, end, "5s")),
            "health": client.get_targets()["activeTargets"][0]["health"],
            "down": len(client.get_targets(state="dropped")["activeTargets"]),
        }
    )
)
