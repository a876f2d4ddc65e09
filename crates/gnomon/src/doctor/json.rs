//! Reports as JSON.

use scrape::{Finding, doctor::Report};
use serde_json::{Value, json};

/// An object for each target.
pub(super) fn reports(reports: &[Report]) -> Value {
    reports.iter().map(report).collect()
}

fn report(report: &Report) -> Value {
    let answer = report.answer.as_ref().map(|answer| {
        json!({
            "contentType": answer.content_type,
            "contentTypeAccepted": answer.is_accepted,
            "format": answer.format.as_str(),
            "bodyBytes": answer.body_bytes,
            "wireBytes": answer.wire_bytes,
            "firstByteSeconds": answer.first_byte.as_secs_f64(),
            "totalSeconds": answer.total.as_secs_f64(),
        })
    });
    let by_series = report.metrics_by_series.iter();
    let by_values = report.labels_by_values.iter();
    json!({
        "url": report.url,
        "job": report.job,
        "severity": report.worst().as_str(),
        "status": report.status,
        "timeoutSeconds": report.timeout.as_secs_f64(),
        "answer": answer,
        "samples": report.samples,
        "metrics": report.metrics,
        "findings": report.findings.iter().map(finding).collect::<Value>(),
        "metricsBySeries":
            by_series.map(|row| json!({ "metric": row.metric, "series": row.series })).collect::<Value>(),
        "labelsByValues": by_values
            .map(|row| json!({ "label": row.label, "values": row.values, "series": row.series }))
            .collect::<Value>(),
        "churn": churn(report),
        "cost": cost(report),
    })
}

fn finding(Finding { severity, text, cure }: &Finding) -> Value {
    json!({ "severity": severity.as_str(), "text": text, "cure": cure })
}

fn churn(report: &Report) -> Option<Value> {
    let churn = report.churn.as_ref()?;
    let labels = churn.labels.iter().map(|row| {
        json!({ "metric": row.metric, "label": row.label, "series": row.series, "example": row.example })
    });
    Some(json!({
        "intervalSeconds": churn.interval.as_secs_f64(),
        "series": churn.series,
        "come": churn.come,
        "gone": churn.gone,
        "labels": labels.collect::<Value>(),
    }))
}

fn cost(report: &Report) -> Option<Value> {
    let cost = report.cost.as_ref()?;
    Some(json!({
        "scrapeCpuSeconds": cost.scrape_cpu.as_secs_f64(),
        "backgroundCores": cost.background_cores,
        "residentBytes": cost.resident_bytes,
    }))
}
