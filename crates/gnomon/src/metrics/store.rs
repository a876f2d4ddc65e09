//! The store's figures as metric families.

use std::fmt;

use model::Origin;
use tsdb::Status;

use super::family::Families;

/// Writes the families of the store.
pub(super) fn encode(status: &Status, out: &mut Families<'_>) -> fmt::Result {
    gauges(status, out)?;
    let floats = status.samples_appended.saturating_sub(status.histograms_appended);
    let appended = [("float", floats), ("histogram", status.histograms_appended)];
    let appended = appended.map(|(kind, count)| ([("type", kind)], count as f64));
    let help = "Total number of appended samples.";
    out.counters("prometheus_tsdb_head_samples_appended", help, appended)?;
    refused(status, out)?;
    counters(status, out)
}

fn refused(status: &Status, out: &mut Families<'_>) -> fmt::Result {
    let named = status.series_refused_by_origin.iter().map(|(origin, count)| {
        let (kind, job, address) = match origin {
            Origin::Own => ("own", "", ""),
            Origin::Target { job, instance } => ("target", &**job, &**instance),
            Origin::Sender { address } => ("remote_write", "", &**address),
        };
        (kind, job, address, *count)
    });
    let others = ("other", "", "", status.series_refused_to_others);
    let rows = named.chain([others]).map(|(kind, job, address, count)| {
        ([("kind", kind), ("scrape_job", job), ("address", address)], count as f64)
    });
    let help = "New series refused for want of memory, by who brought them; the first 64 origins are named.";
    out.counters("gnomon_origin_series_refused", help, rows)
}

fn gauges(status: &Status, out: &mut Families<'_>) -> fmt::Result {
    let head = &status.head;
    let seconds = |time_ms: Option<i64>| time_ms.map_or(0.0, |ms| ms as f64 / 1e3);
    for (name, help, value) in [
        ("prometheus_tsdb_head_series", "Total number of series in the head block.", head.series as f64),
        ("prometheus_tsdb_head_chunks", "Total number of chunks in the head block.", head.chunks as f64),
        ("gnomon_head_symbols", "Distinct strings of the series in memory.", head.symbols as f64),
        ("gnomon_head_label_pairs", "Distinct labels of the series in memory.", head.label_pairs as f64),
        (
            "prometheus_tsdb_head_min_time_seconds",
            "Minimum time bound of the head block.",
            seconds(head.min_time_ms),
        ),
        (
            "prometheus_tsdb_head_max_time_seconds",
            "Maximum timestamp of the head block.",
            seconds(head.max_time_ms),
        ),
        (
            "prometheus_tsdb_wal_storage_size_bytes",
            "Size of the write log directory.",
            status.wal_bytes as f64,
        ),
        ("prometheus_tsdb_storage_blocks_bytes", "Bytes of the parts on disk.", status.part_bytes as f64),
        ("prometheus_tsdb_blocks_loaded", "Number of parts on disk.", status.parts as f64),
        (
            "gnomon_files_set_aside",
            "Files that were found damaged and set aside.",
            status.set_aside.len() as f64,
        ),
        ("gnomon_tombstones", "Deletions whose samples are still on disk.", status.tombstones as f64),
        (
            "gnomon_disk_bytes",
            "Bytes on disk: log, parts, journals, tombstones and what was set aside.",
            status.disk_bytes() as f64,
        ),
        (
            "prometheus_tsdb_exemplar_exemplars_in_storage",
            "Number of exemplars currently in circular storage.",
            status.exemplars.held as f64,
        ),
        (
            "prometheus_tsdb_exemplar_series_with_exemplars_in_storage",
            "Number of series with exemplars currently in circular storage.",
            status.exemplars.series as f64,
        ),
        (
            "prometheus_tsdb_exemplar_max_exemplars",
            "Total number of exemplars the exemplar storage can store, resizeable.",
            status.exemplars.max as f64,
        ),
        (
            "prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds",
            "Timestamp of the exemplar that is held longest.",
            seconds(status.exemplars.oldest_ms),
        ),
        ("gnomon_wal_segments", "Segments of the write-ahead log on disk.", status.wal_segments as f64),
        (
            "gnomon_wal_failing",
            "Whether samples are in memory only because the log failed.",
            flag(status.wal_failing),
        ),
        (
            "gnomon_clock_held_samples",
            "Samples that wait in memory until the clock is set.",
            status.samples_held as f64,
        ),
        (
            "prometheus_tsdb_data_replay_duration_seconds",
            "Time taken to replay the data on disk.",
            status.replay_duration.as_secs_f64(),
        ),
        (
            "gnomon_store_longest_append_seconds",
            "The longest that one append took since the start.",
            status.longest_append.as_secs_f64(),
        ),
    ] {
        out.gauge(name, help, value)?;
    }
    Ok(())
}

fn counters(status: &Status, out: &mut Families<'_>) -> fmt::Result {
    for (name, help, value) in [
        (
            "prometheus_tsdb_head_series_created",
            "Total number of series created in the head",
            status.series_created,
        ),
        (
            "prometheus_tsdb_head_series_removed",
            "Total number of series removed in the head",
            status.series_removed,
        ),
        ("gnomon_head_series_refused", "New series refused for want of memory.", status.series_refused),
        (
            "gnomon_clock_stamped_samples",
            "Samples that waited for the clock and were given their time.",
            status.samples_stamped,
        ),
        (
            "gnomon_head_samples_shed",
            "Samples lost because memory was used up while the disk failed or the clock was not set.",
            status.samples_shed,
        ),
        (
            "prometheus_tsdb_out_of_order_samples",
            "Total number of out of order samples ingestion failed attempts due to out of order being disabled.",
            status.samples_out_of_order,
        ),
        (
            "prometheus_tsdb_head_out_of_order_samples_appended",
            "Total number of appended out of order samples.",
            status.samples_appended_out_of_order,
        ),
        (
            "prometheus_tsdb_out_of_bound_samples",
            "Samples refused because they are older than the retention.",
            status.samples_out_of_bounds,
        ),
        (
            "prometheus_tsdb_too_old_samples",
            "Total number of out of order samples ingestion failed attempts with out of support enabled, \
             but sample outside of time window.",
            status.samples_too_old,
        ),
        (
            "gnomon_store_duplicate_samples",
            "Samples refused as duplicates of another value.",
            status.samples_duplicate,
        ),
        (
            "gnomon_disk_written_bytes",
            "Bytes written to disk, log, parts and merges.",
            status.wal_bytes_written + status.part_bytes_written,
        ),
        (
            "prometheus_tsdb_exemplar_exemplars_appended",
            "Total number of appended exemplars.",
            status.exemplars.appended,
        ),
        (
            "prometheus_tsdb_exemplar_out_of_order_exemplars",
            "Total number of out of order exemplar ingestion failed attempts.",
            status.exemplars.out_of_order,
        ),
        ("gnomon_parts_merged", "Parts that were merged into larger ones.", status.parts_merged),
        ("gnomon_parts_removed", "Parts removed by retention.", status.parts_removed),
        ("gnomon_wal_syncs", "Syncs of the write-ahead log.", status.wal_syncs),
        (
            "prometheus_tsdb_wal_writes_failed",
            "Total number of write log writes that failed.",
            status.wal_failures,
        ),
        ("prometheus_tsdb_wal_corruptions", "Total number of WAL corruptions.", status.wal_damaged),
    ] {
        out.counter(name, help, value as f64)?;
    }
    Ok(())
}

fn flag(set: bool) -> f64 {
    f64::from(u8::from(set))
}
