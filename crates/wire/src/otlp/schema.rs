//! The messages of OTLP metrics: which fields they have, and how each of them is encoded.

/// A message.
#[derive(Debug)]
pub(super) struct Message(pub(super) &'static [Field]);

/// A field: its name in JSON, its number, and what it holds.
#[derive(Debug)]
pub(super) struct Field(pub(super) &'static str, pub(super) u32, pub(super) Kind);

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Any number of messages, or one.
    Message(&'static Message),
    Text,
    /// Bytes, in JSON as base64.
    Bytes,
    /// Bytes, in JSON as hexadecimal digits.
    Id,
    Bool,
    Integer,
    /// A signed integer in the form that is short for small ones.
    Zigzag,
    Fixed,
    Double,
    /// A number or one of these names, numbered from 0.
    Enum(&'static [&'static str]),
    /// Any number of integers, packed.
    Integers,
    /// Any number of fixed integers, packed.
    FixedList,
    /// Any number of doubles, packed.
    Doubles,
}

use Kind::{
    Bool, Bytes, Double, Doubles, Enum, Fixed, FixedList, Id, Integer, Integers, Message as Of, Text, Zigzag,
};

const TEMPORALITY: Kind = Enum(&[
    "AGGREGATION_TEMPORALITY_UNSPECIFIED",
    "AGGREGATION_TEMPORALITY_DELTA",
    "AGGREGATION_TEMPORALITY_CUMULATIVE",
]);

/// The outermost one.
pub(super) static REQUEST: Message = Message(&[Field("resourceMetrics", 1, Of(&RESOURCE_METRICS))]);

static RESOURCE_METRICS: Message =
    Message(&[Field("resource", 1, Of(&RESOURCE)), Field("scopeMetrics", 2, Of(&SCOPE_METRICS))]);

static RESOURCE: Message = Message(&[Field("attributes", 1, Of(&KEY_VALUE))]);

static KEY_VALUE: Message = Message(&[Field("key", 1, Text), Field("value", 2, Of(&ANY_VALUE))]);

static ANY_VALUE: Message = Message(&[
    Field("stringValue", 1, Text),
    Field("boolValue", 2, Bool),
    Field("intValue", 3, Integer),
    Field("doubleValue", 4, Double),
    Field("arrayValue", 5, Of(&ARRAY_VALUE)),
    Field("kvlistValue", 6, Of(&LIST_VALUE)),
    Field("bytesValue", 7, Bytes),
]);

static ARRAY_VALUE: Message = Message(&[Field("values", 1, Of(&ANY_VALUE))]);

static LIST_VALUE: Message = Message(&[Field("values", 1, Of(&KEY_VALUE))]);

static SCOPE_METRICS: Message =
    Message(&[Field("scope", 1, Of(&SCOPE)), Field("metrics", 2, Of(&METRIC)), Field("schemaUrl", 3, Text)]);

static SCOPE: Message =
    Message(&[Field("name", 1, Text), Field("version", 2, Text), Field("attributes", 3, Of(&KEY_VALUE))]);

static METRIC: Message = Message(&[
    Field("name", 1, Text),
    Field("description", 2, Text),
    Field("unit", 3, Text),
    Field("gauge", 5, Of(&GAUGE)),
    Field("sum", 7, Of(&SUM)),
    Field("histogram", 9, Of(&HISTOGRAM)),
    Field("exponentialHistogram", 10, Of(&EXPONENTIAL)),
    Field("summary", 11, Of(&SUMMARY)),
]);

static GAUGE: Message = Message(&[Field("dataPoints", 1, Of(&NUMBER_POINT))]);

static SUM: Message = Message(&[
    Field("dataPoints", 1, Of(&NUMBER_POINT)),
    Field("aggregationTemporality", 2, TEMPORALITY),
    Field("isMonotonic", 3, Bool),
]);

static HISTOGRAM: Message =
    Message(&[Field("dataPoints", 1, Of(&HISTOGRAM_POINT)), Field("aggregationTemporality", 2, TEMPORALITY)]);

static EXPONENTIAL: Message = Message(&[
    Field("dataPoints", 1, Of(&EXPONENTIAL_POINT)),
    Field("aggregationTemporality", 2, TEMPORALITY),
]);

static SUMMARY: Message = Message(&[Field("dataPoints", 1, Of(&SUMMARY_POINT))]);

static NUMBER_POINT: Message = Message(&[
    Field("startTimeUnixNano", 2, Fixed),
    Field("timeUnixNano", 3, Fixed),
    Field("asDouble", 4, Double),
    Field("exemplars", 5, Of(&EXEMPLAR)),
    Field("asInt", 6, Fixed),
    Field("attributes", 7, Of(&KEY_VALUE)),
    Field("flags", 8, Integer),
]);

static HISTOGRAM_POINT: Message = Message(&[
    Field("startTimeUnixNano", 2, Fixed),
    Field("timeUnixNano", 3, Fixed),
    Field("count", 4, Fixed),
    Field("sum", 5, Double),
    Field("bucketCounts", 6, FixedList),
    Field("explicitBounds", 7, Doubles),
    Field("exemplars", 8, Of(&EXEMPLAR)),
    Field("attributes", 9, Of(&KEY_VALUE)),
    Field("flags", 10, Integer),
]);

static EXPONENTIAL_POINT: Message = Message(&[
    Field("attributes", 1, Of(&KEY_VALUE)),
    Field("startTimeUnixNano", 2, Fixed),
    Field("timeUnixNano", 3, Fixed),
    Field("count", 4, Fixed),
    Field("sum", 5, Double),
    Field("scale", 6, Zigzag),
    Field("zeroCount", 7, Fixed),
    Field("positive", 8, Of(&BUCKETS)),
    Field("negative", 9, Of(&BUCKETS)),
    Field("flags", 10, Integer),
    Field("exemplars", 11, Of(&EXEMPLAR)),
]);

static BUCKETS: Message = Message(&[Field("offset", 1, Zigzag), Field("bucketCounts", 2, Integers)]);

static SUMMARY_POINT: Message = Message(&[
    Field("startTimeUnixNano", 2, Fixed),
    Field("timeUnixNano", 3, Fixed),
    Field("count", 4, Fixed),
    Field("sum", 5, Double),
    Field("quantileValues", 6, Of(&QUANTILE)),
    Field("attributes", 7, Of(&KEY_VALUE)),
    Field("flags", 8, Integer),
]);

static QUANTILE: Message = Message(&[Field("quantile", 1, Double), Field("value", 2, Double)]);

static EXEMPLAR: Message = Message(&[
    Field("timeUnixNano", 2, Fixed),
    Field("asDouble", 3, Double),
    Field("spanId", 4, Id),
    Field("traceId", 5, Id),
    Field("asInt", 6, Fixed),
    Field("filteredAttributes", 7, Of(&KEY_VALUE)),
]);
