//! From OTLP to series: resources, scopes, metrics and their points.

use std::collections::HashSet;

use model::{LabelSet, LabelSetBuilder, METRIC_NAME, MetricType, Reservation, label::Quoted, stale_nan};

use super::{
    attribute::{self, Attribute},
    cumulate::DeltaSums,
    exemplar::{self, Exemplar},
    export::{Export, Metadata, Times},
    histogram,
    name::{Kind, label_name, metric_name},
    point::{self, Point, ms},
    settings::{Delta, OtlpSettings},
    unit::metadata_unit,
};
use protobuf::Reader;

use crate::error::Error;

/// Reasons that are spelt out; further ones are counted.
pub const REFUSALS_MAX: usize = 10;

/// Samples of `target_info` that a resource gets at most: its newest points count.
const TARGET_INFO_MAX: i64 = 100;

const SERVICE_NAME: &str = "service.name";
const SERVICE_NAMESPACE: &str = "service.namespace";
const SERVICE_INSTANCE: &str = "service.instance.id";

/// A request translated.
#[derive(Debug)]
pub struct Translated {
    /// The message of remote write 2.0.
    pub message: Vec<u8>,
    /// Points that have no translation.
    pub refused_points: usize,
    /// Why: at most [`REFUSALS_MAX`] of the reasons.
    pub refusals: Vec<String>,
    /// Pays for the message.
    pub account: Reservation,
}

/// What is the same for all requests and does not stand in the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtlpOptions {
    /// What becomes of points that count from the one before.
    pub delta: Delta,
    /// How far back a query looks: `target_info` is repeated twice as often.
    pub lookback_delta_ms: i64,
    /// Whether type and unit become labels.
    pub type_and_unit_labels: bool,
}

/// The sums of points that count from the one before, and what time it is.
#[derive(Debug)]
pub struct Sums<'a> {
    /// The sums so far.
    pub sums: &'a mut DeltaSums,
    /// Milliseconds since the Unix epoch.
    pub now_ms: i64,
}

/// Translates an `ExportMetricsServiceRequest` at the expense of an account. With `sums`, points that count
/// from the one before are summed up, whatever the options say.
///
/// # Errors
/// [`Error::Malformed`], or [`Error::Memory`] when there is no room for the translation.
pub fn translate(
    request: &[u8],
    settings: &OtlpSettings,
    options: OtlpOptions,
    mut sums: Option<Sums<'_>>,
    account: Reservation,
) -> Result<Translated, Error> {
    if let Some(Sums { sums, now_ms }) = &mut sums {
        sums.sweep(*now_ms);
    }
    let mut translator = Translator {
        settings,
        options,
        sums,
        export: Export::new(account),
        refused_points: 0,
        refusals: Vec::new(),
        target_info: HashSet::new(),
        resource: Resource::default(),
        scope: Vec::new(),
    };
    let mut fields = Reader::new(request);
    while let Some(field) = fields.next()? {
        if field.number == 1 {
            translator.resource_metrics(field.message()?)?;
        }
    }
    let Translator { export, refused_points, refusals, .. } = translator;
    let (message, account) = export.finish();
    Ok(Translated { message, refused_points, refusals, account })
}

struct Translator<'s, 'm> {
    settings: &'s OtlpSettings,
    options: OtlpOptions,
    sums: Option<Sums<'s>>,
    export: Export,
    refused_points: usize,
    refusals: Vec<String>,
    /// The samples of `target_info` that were written: several resources may be one target.
    target_info: HashSet<(LabelSet, i64)>,
    resource: Resource<'m>,
    /// Labels of the scope, where these are promoted.
    scope: Vec<(String, String)>,
}

/// Who sends.
#[derive(Debug, Default)]
struct Resource<'m> {
    attributes: Vec<Attribute<'m>>,
    /// The labels `job` and `instance`.
    identity: Vec<(&'static str, String)>,
    promoted: Vec<(String, String)>,
    /// First and last time of the points, in nanoseconds.
    times_ns: Option<(u64, u64)>,
}

/// A metric whose points follow.
struct Family {
    name: String,
    metadata: Metadata,
    /// Whether the points count from the one before and stay so.
    delta: bool,
    /// Whether they do and are summed up.
    summed: bool,
}

/// Labels, or why there are none.
type Labels = Result<LabelSetBuilder, String>;

impl<'m> Translator<'_, 'm> {
    fn refuse(&mut self, points: usize, why: String) {
        self.refused_points += points;
        if self.refusals.len() < REFUSALS_MAX {
            self.refusals.push(why);
        }
    }

    /// The resource comes first as a rule, but nothing says that it must.
    fn resource_metrics(&mut self, message: Reader<'m>) -> Result<(), Error> {
        self.resource = Resource::default();
        let mut fields = message;
        while let Some(field) = fields.next()? {
            if field.number == 1 {
                read_attributes(field.message()?, 1, &mut self.resource.attributes)?;
            }
        }
        let named = self.resource.name(self.settings);
        let mut fields = message;
        while let Some(field) = fields.next()? {
            if field.number == 2 {
                self.scope_metrics(field.message()?, named.as_ref().err())?;
            }
        }
        self.add_target_info()
    }

    fn scope_metrics(&mut self, message: Reader<'m>, wrong: Option<&String>) -> Result<(), Error> {
        let scope = read_scope(message, self.settings)?;
        let wrong = match (wrong, scope) {
            (Some(why), _) => Some(why.clone()),
            (None, Err(why)) => Some(why),
            (None, Ok(labels)) => {
                self.scope = labels;
                None
            }
        };
        let mut fields = message;
        while let Some(field) = fields.next()? {
            if field.number == 2 {
                self.metric(field.message()?, wrong.as_ref())?;
            }
        }
        Ok(())
    }

    fn metric(&mut self, mut fields: Reader<'m>, wrong: Option<&String>) -> Result<(), Error> {
        let (mut name, mut help, mut unit, mut data) = ("", "", "", None);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => name = field.text()?,
                2 => help = field.text()?,
                3 => unit = field.text()?,
                5 | 7 | 9 | 10 | 11 => data = Some((field.number, field.message()?)),
                _ => {}
            }
        }
        let Some((kind, data)) = data else {
            let name = Quoted(name);
            self.refuse(0, format!("metric {name} has an unsupported metric type"));
            return Ok(());
        };
        let points = self.look_over(data)?;
        let traits = read_traits(kind, data)?;
        match wrong.map_or_else(|| self.family(name, help, unit, kind, traits), |why| Err(why.clone())) {
            Ok(family) => self.points(kind, data, &family),
            Err(why) => {
                self.refuse(points, why);
                Ok(())
            }
        }
    }

    /// Counts the points and takes note of their times.
    fn look_over(&mut self, mut data: Reader<'_>) -> Result<usize, Error> {
        let mut points = 0;
        while let Some(field) = data.next()? {
            if field.number == 1 {
                let time = point::time_ns(field.message()?)?;
                let (first, last) = self.resource.times_ns.unwrap_or((time, time));
                self.resource.times_ns = Some((first.min(time), last.max(time)));
                points += 1;
            }
        }
        Ok(points)
    }

    fn family(
        &self,
        name: &str,
        help: &str,
        unit: &str,
        kind: u32,
        Traits { temporality, monotonic }: Traits,
    ) -> Result<Family, String> {
        let delta = match temporality {
            Temporality::None | Temporality::Cumulative => false,
            Temporality::Delta if self.sums.is_some() => false,
            Temporality::Delta if self.options.delta == Delta::Keep => true,
            _ => {
                let name = Quoted(name);
                return Err(format!("invalid temporality and type combination for metric {name}"));
            }
        };
        let (name_kind, metric_type) = match kind {
            5 => (Kind::Gauge, MetricType::Gauge),
            7 if monotonic => (Kind::Counter, MetricType::Counter),
            7 => (Kind::Other, MetricType::Gauge),
            11 => (Kind::Other, MetricType::Summary),
            _ => (Kind::Other, MetricType::Histogram),
        };
        let metadata = Metadata {
            kind: if delta { MetricType::Unknown } else { metric_type },
            help: help.to_owned(),
            unit: metadata_unit(unit),
        };
        let name = metric_name(name, unit, name_kind, self.settings)?;
        Ok(Family { name, metadata, delta, summed: temporality == Temporality::Delta && !delta })
    }

    fn points(&mut self, kind: u32, mut data: Reader<'m>, family: &Family) -> Result<(), Error> {
        while let Some(field) = data.next()? {
            if field.number != 1 {
                continue;
            }
            let message = field.message()?;
            let mut point = match kind {
                5 | 7 => point::number(message)?,
                9 => point::histogram(message)?,
                10 => point::exponential(message)?,
                _ => point::summary(message)?,
            };
            let labels = self.labels(&point.attributes, &[], &family.metadata, true);
            let labels = labels.and_then(|labels| self.sum_up(family, &mut point, &labels).map(|()| labels));
            match labels {
                Ok(labels) => self.point(kind, family, &point, labels)?,
                Err(why) => self.refuse(1, why),
            }
        }
        Ok(())
    }

    fn sum_up(
        &mut self,
        family: &Family,
        point: &mut Point<'_>,
        labels: &LabelSetBuilder,
    ) -> Result<(), String> {
        match &mut self.sums {
            Some(Sums { sums, now_ms }) if family.summed && !point.ended => {
                // Before it is summed: a stream would be as coarse as its coarsest point for ever.
                histogram::check_scale(point.value.scale)?;
                sums.add(&labels.clone().set(METRIC_NAME, &family.name).build(), point, *now_ms)
            }
            _ => Ok(()),
        }
    }

    fn point(
        &mut self,
        kind: u32,
        family: &Family,
        point: &Point<'m>,
        labels: LabelSetBuilder,
    ) -> Result<(), Error> {
        let exemplars =
            point.exemplars.iter().map(|message| exemplar::read(*message)).collect::<Result<Vec<_>, _>>()?;
        let mut writer = PointWriter { export: &mut self.export, family, point, labels };
        let native = match kind {
            10 => histogram::exponential(point, family.delta),
            9 if self.settings.convert_histograms_to_nhcb => Ok(histogram::custom(point, family.delta)),
            9 => return writer.classic(exemplars),
            11 => return writer.summary(),
            5 => return writer.float("", None, point.value.number, &[]),
            _ => return writer.float("", None, point.value.number, &exemplars),
        };
        match native {
            Ok(native) => writer.native(&native, &exemplars),
            Err(why) => {
                self.refuse(1, why);
                Ok(())
            }
        }
    }

    /// The labels that attributes give, all but those of `ignored`, with those of the resource and, where
    /// `promoted` says so, of what is promoted.
    fn labels(
        &self,
        attributes: &[Attribute<'_>],
        ignored: &[&str],
        metadata: &Metadata,
        promoted: bool,
    ) -> Labels {
        let mut labels = LabelSetBuilder::default();
        // Keys that become one label are joined in order.
        let mut sorted: Vec<_> = attributes.iter().collect();
        sorted.sort_by_key(|(key, _)| *key);
        for (key, value) in sorted {
            if *key == METRIC_NAME || ignored.contains(key) {
                continue;
            }
            if !self.settings.translation.escapes() {
                labels.set(key, value);
                continue;
            }
            let name = label_name(key, self.settings)?;
            match labels.get(&name) {
                "" => labels.set(&name, value),
                before => {
                    let joined = format!("{before};{value}");
                    labels.set(&name, &joined)
                }
            };
        }
        let promoted_labels = if promoted { self.resource.promoted.as_slice() } else { &[] };
        for (name, value) in promoted_labels {
            if labels.get(name).is_empty() {
                labels.set(name, value);
            }
        }
        for (name, value) in &self.resource.identity {
            labels.set(name, value);
        }
        if promoted {
            self.scope.iter().for_each(|(name, value)| _ = labels.set(name, value));
            if self.options.type_and_unit_labels {
                if metadata.kind != MetricType::Unknown {
                    labels.set("__type__", metadata.kind.as_str());
                }
                labels.set("__unit__", &metadata.unit);
            }
        }
        Ok(labels)
    }

    /// One series that tells about the resource, where there is something to tell beside `job` and `instance`.
    fn add_target_info(&mut self) -> Result<(), Error> {
        const IDENTIFYING: [&str; 3] = [SERVICE_NAMESPACE, SERVICE_NAME, SERVICE_INSTANCE];
        let Some((first, last)) = self.resource.times_ns else { return Ok(()) };
        let identifying = |(key, _): &Attribute<'_>| IDENTIFYING.contains(key);
        if self.resource.identity.is_empty() || self.resource.attributes.iter().all(identifying) {
            return Ok(());
        }
        let kept = self.settings.keep_identifying_resource_attributes;
        let ignored = if kept { &[][..] } else { &IDENTIFYING[..] };
        let metadata =
            Metadata { kind: MetricType::Gauge, help: "Target metadata".to_owned(), unit: String::new() };
        let labels = match self.labels(&self.resource.attributes, ignored, &metadata, false) {
            Ok(mut labels) => labels.set(METRIC_NAME, "target_info").build(),
            Err(why) => {
                self.refuse(0, why);
                return Ok(());
            }
        };
        let interval_ms = (self.options.lookback_delta_ms / 2).max(1);
        let (first_ms, last_ms) = (ms(first), ms(last));
        let steps = ((last_ms - first_ms) / interval_ms).min(TARGET_INFO_MAX - 1);
        let first_ms = first_ms.max(last_ms - (steps + 1) * interval_ms);
        let mut times: Vec<i64> = (0..=steps).map(|step| first_ms + step * interval_ms).collect();
        times.retain(|time_ms| *time_ms < last_ms);
        times.push(last_ms);
        times.retain(|time_ms| self.target_info.insert((labels.clone(), *time_ms)));
        // The table is up to twice as large as its entries.
        self.export.hold(2 * times.len() * size_of::<(LabelSet, i64)>() + labels.as_bytes().len());
        let samples = times.into_iter().map(|time_ms| (Times { start_ms: 0, time_ms }, 1.0));
        self.export.floats(&labels, samples, &[], &metadata)
    }
}

impl Resource<'_> {
    /// Finds the labels that the attributes stand for.
    fn name(&mut self, settings: &OtlpSettings) -> Result<(), String> {
        let get = |key| self.attributes.iter().find(|(k, _)| *k == key).map(|(_, value)| value.as_str());
        if let Some(name) = get(SERVICE_NAME) {
            let namespace = get(SERVICE_NAMESPACE).map_or(String::new(), |namespace| format!("{namespace}/"));
            self.identity.push(("job", format!("{namespace}{name}")));
        }
        if let Some(instance) = get(SERVICE_INSTANCE) {
            self.identity.push(("instance", instance.to_owned()));
        }
        self.identity.retain(|(_, value)| !value.is_empty());
        for (key, value) in &self.attributes {
            if settings.promotion.includes(key) {
                self.promoted.push((label_name(key, settings)?, value.clone()));
            }
        }
        Ok(())
    }
}

/// Attributes are the field of that number.
fn read_attributes<'m>(
    mut message: Reader<'m>,
    number: u32,
    into: &mut Vec<Attribute<'m>>,
) -> Result<(), Error> {
    while let Some(field) = message.next()? {
        if field.number == number {
            attribute::read(field.message()?, into)?;
        }
    }
    Ok(())
}

/// The labels of a scope, where these are promoted and it has a name.
fn read_scope(
    mut fields: Reader<'_>,
    settings: &OtlpSettings,
) -> Result<Result<Vec<(String, String)>, String>, Error> {
    if !settings.promote_scope_metadata {
        return Ok(Ok(Vec::new()));
    }
    let (mut name, mut version, mut schema, mut attributes) = ("", "", "", Vec::new());
    while let Some(field) = fields.next()? {
        match field.number {
            1 => {
                let mut scope = field.message()?;
                read_attributes(scope, 3, &mut attributes)?;
                while let Some(field) = scope.next()? {
                    match field.number {
                        1 => name = field.text()?,
                        2 => version = field.text()?,
                        _ => {}
                    }
                }
            }
            3 => schema = field.text()?,
            _ => {}
        }
    }
    if name.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let mut labels = Vec::with_capacity(attributes.len() + 3);
    for (key, value) in attributes {
        match label_name(&format!("otel_scope_{key}"), settings) {
            Ok(label) => labels.push((label, value)),
            Err(why) => return Ok(Err(why)),
        }
    }
    let own = [("name", name), ("version", version), ("schema_url", schema)];
    labels.extend(own.map(|(key, value)| (format!("otel_scope_{key}"), value.to_owned())));
    Ok(Ok(labels))
}

/// What a metric says about all its points.
#[derive(Clone, Copy)]
struct Traits {
    temporality: Temporality,
    monotonic: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Temporality {
    /// The metric is of a kind that has none.
    None,
    Unspecified,
    Delta,
    Cumulative,
}

fn read_traits(kind: u32, mut data: Reader<'_>) -> Result<Traits, Error> {
    let has_temporality = matches!(kind, 7 | 9 | 10);
    let temporality = if has_temporality { Temporality::Unspecified } else { Temporality::None };
    let mut traits = Traits { temporality, monotonic: false };
    while let Some(field) = data.next()? {
        match field.number {
            2 if has_temporality => {
                traits.temporality = match field.varint()? {
                    1 => Temporality::Delta,
                    2 => Temporality::Cumulative,
                    _ => Temporality::Unspecified,
                }
            }
            3 if kind == 7 => traits.monotonic = field.varint()? != 0,
            _ => {}
        }
    }
    Ok(traits)
}

/// Writes the series of a point.
struct PointWriter<'a, 'm> {
    export: &'a mut Export,
    family: &'a Family,
    point: &'a Point<'m>,
    labels: LabelSetBuilder,
}

impl PointWriter<'_, '_> {
    fn labels(&mut self, suffix: &str, extra: Option<(&str, &str)>) -> LabelSet {
        let name = format!("{}{suffix}", self.family.name);
        let mut labels = self.labels.clone();
        labels.set(METRIC_NAME, &name);
        extra.into_iter().for_each(|(name, value)| _ = labels.set(name, value));
        labels.build()
    }

    fn times(&self) -> Times {
        Times { start_ms: self.point.start_ms(), time_ms: self.point.time_ms() }
    }

    fn float(
        &mut self,
        suffix: &str,
        extra: Option<(&str, &str)>,
        value: f64,
        exemplars: &[Exemplar],
    ) -> Result<(), Error> {
        let labels = self.labels(suffix, extra);
        let value = if self.point.ended { stale_nan() } else { value };
        self.export.floats(&labels, [(self.times(), value)], exemplars, &self.family.metadata)
    }

    fn native(&mut self, histogram: &histogram::Native, exemplars: &[Exemplar]) -> Result<(), Error> {
        let labels = self.labels("", None);
        self.export.histogram(&labels, self.times(), histogram, exemplars, &self.family.metadata)
    }

    fn classic(&mut self, exemplars: Vec<Exemplar>) -> Result<(), Error> {
        let value = &self.point.value;
        if let Some(sum) = value.sum {
            self.float("_sum", None, sum, &[])?;
        }
        self.float("_count", None, value.count as f64, &[])?;
        let (mut total, mut rest) = (0u64, exemplars.as_slice());
        for (bound, count) in value.bounds.iter().zip(&value.positive.counts) {
            total = total.saturating_add(*count);
            let within = rest.iter().take_while(|exemplar| exemplar.value <= *bound).count();
            let (own, higher) = rest.split_at(within);
            rest = higher;
            self.float("_bucket", Some(("le", &bound_text(*bound))), total as f64, own)?;
        }
        self.float("_bucket", Some(("le", "+Inf")), value.count as f64, rest)
    }

    fn summary(&mut self) -> Result<(), Error> {
        let value = &self.point.value;
        self.float("_sum", None, value.sum.unwrap_or(0.0), &[])?;
        self.float("_count", None, value.count as f64, &[])?;
        for (quantile, value) in &value.quantiles {
            self.float("", Some(("quantile", &bound_text(*quantile))), *value, &[])?;
        }
        Ok(())
    }
}

/// A number in a label: without an exponent.
fn bound_text(number: f64) -> String {
    if number == f64::INFINITY { "+Inf".to_owned() } else { number.to_string() }
}
