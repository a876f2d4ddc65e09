//! Metrics by OTLP, in protobuf and JSON.

use std::sync::Arc;

use model::{Budget, Part};
use wire::{
    Error, Intake, Protocol, SeriesCache,
    otlp::{Delta, DeltaSums, OtlpOptions, OtlpSettings, Promotion, Sums, Translation, from_json, translate},
};

use crate::recorder::Recorder;

const BUDGET_BYTES: usize = 8 << 20;

/// Takes the bytes behind the first one, which chooses the settings, as a request: what it is translated to is a
/// message of remote write, and all memory is given back.
pub fn otlp(bytes: &[u8]) {
    let (&head, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let settings = OtlpSettings {
        translation: Translation::ALL[usize::from(head & 3)],
        promotion: if head & 4 == 0 { Promotion::default() } else { Promotion::AllBut(Vec::new()) },
        convert_histograms_to_nhcb: head & 8 != 0,
        promote_scope_metadata: head & 16 != 0,
        ..OtlpSettings::default()
    };
    let delta = if head & 32 == 0 { Delta::Refuse } else { Delta::Keep };
    let options = OtlpOptions { delta, lookback_delta_ms: 300_000, type_and_unit_labels: head & 64 != 0 };
    let summed = head & 36 == 4;
    let budget = Budget::new(BUDGET_BYTES);
    let mut account = budget.open(Part::Write);
    if head & 128 == 0 {
        // Any bytes may be refused.
        let _ = write(bytes, &settings, options, summed, &budget);
    } else if let Ok(request) = from_json(bytes, &mut account) {
        let read = write(&request, &settings, options, summed, &budget);
        assert!(
            !read.is_err_and(|error| matches!(error, Error::Malformed { .. })),
            "JSON makes sound requests"
        );
    }
    drop(account);
    assert_eq!(budget.used_bytes(), 0);
}

fn write(
    request: &[u8],
    settings: &OtlpSettings,
    options: OtlpOptions,
    summed: bool,
    budget: &Arc<Budget>,
) -> Result<(), Error> {
    let mut sums = DeltaSums::new(budget.open(Part::Write));
    let sums = summed.then_some(Sums { sums: &mut sums, now_ms: 0 });
    let translated = translate(request, settings, options, sums, budget.open(Part::Write))?;
    let cache = Arc::new(SeriesCache::new(0, budget.open(Part::Write)));
    let mut intake = Intake::new(cache, budget.open(Part::Write));
    let written = intake.write_message(Protocol::V2, &translated.message, i64::MAX, &mut Recorder::default());
    if let Err(error) = written {
        assert!(matches!(error, Error::Memory { .. }), "{error}");
    }
    Ok(())
}
