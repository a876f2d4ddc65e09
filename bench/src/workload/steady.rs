//! A few targets whose series stay.

use std::{io, thread};

use super::{MIB, Reading, Run, WARM_UP, start_and_wait, start_steady};

/// One target of 40 series: what the server itself takes.
pub(super) fn measure_idle(mut run: Run<'_>) -> io::Result<()> {
    let _targets = start_steady(&run, 1, 40)?;
    let server = start_and_wait(&run, run.time)?;
    run.note("1 target x 40 series: RSS, MiB", Some(7.0), server.resident_bytes()? as f64 / MIB);
    Ok(())
}

/// Six targets of 600 series.
pub(super) fn measure_small(mut run: Run<'_>) -> io::Result<()> {
    let targets = start_steady(&run, 6, 600)?;
    let server = start_and_wait(&run, WARM_UP)?;
    let before = Reading::take(&server, &targets)?;
    thread::sleep(run.time);
    let after = Reading::take(&server, &targets)?;
    let cpu = after.cpu_seconds_per_million(&before);
    run.note("6 targets x 600 series, 5 s: CPU-s per million samples", Some(0.5), cpu);
    let written = after.written_bytes_per_sample(&before);
    run.note("6 targets x 600 series, 5 s: bytes written per sample", None, written);
    Ok(())
}
