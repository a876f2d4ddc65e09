//! The names under which fields are shown.

use std::borrow::Cow;

use model::{LabelSet, METRIC_NAME};

use super::{Field, FieldKind, Frame};

/// The legend of a series: `{{label}}` replaced; a missing label leaves nothing.
pub(crate) fn legend(format: &str, labels: &LabelSet) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, inner)) = rest.split_once("{{") {
        let Some((name, after)) = inner.split_once("}}") else { break };
        out.push_str(before);
        out.push_str(labels.get(name.trim()));
        rest = after;
    }
    out + rest
}

/// `{a="b", c="d"}`; empty without labels.
fn written(labels: &LabelSet) -> String {
    if labels.is_empty() { String::new() } else { labels.to_string() }
}

/// What the names of some frames' fields have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The only label name that their series use, if there is just one.
    single: Option<String>,
}

impl Names {
    pub(crate) fn of(frames: &[Frame]) -> Self {
        let labels = frames.iter().flat_map(|frame| &frame.fields).flat_map(|field| field.labels.iter());
        let mut names = labels.map(|(name, _)| name);
        let first = names.next();
        let single = first.filter(|first| names.all(|name| name == *first)).map(str::to_owned);
        Self { single }
    }

    /// The name that a field is shown under, its own display name aside.
    pub(crate) fn base(&self, field: &Field, frame: &Frame) -> String {
        if field.kind == FieldKind::Time {
            return field.name.to_string();
        }
        let mut parts: Vec<Cow<'_, str>> = Vec::new();
        parts.extend(frame.name.as_deref().map(Cow::Borrowed));
        if &*field.name != "Value" {
            parts.push(Cow::Borrowed(&*field.name));
        }
        if frame.name.is_none() {
            parts.push(match &self.single {
                Some(single) => Cow::Borrowed(field.labels.get(single)),
                None => Cow::Owned(written(&field.labels)),
            });
        }
        parts.retain(|part| !part.is_empty());
        match parts.is_empty() {
            true if field.name.is_empty() => "Value".to_owned(),
            true => field.name.to_string(),
            false => parts.join(" "),
        }
    }

    /// The name that a field is shown under, with its display name and the tokens in it.
    pub(crate) fn shown(&self, field: &Field, frame: &Frame) -> String {
        match &field.config.display_name {
            None => self.base(field, frame),
            Some(own) => self.with_tokens(own, field, frame),
        }
    }

    fn with_tokens(&self, source: &str, field: &Field, frame: &Frame) -> String {
        let mut out = String::new();
        let mut rest = source;
        while let Some((before, inner)) = rest.split_once("${__") {
            out.push_str(before);
            let Some((token, after)) = inner.split_once('}') else {
                out.push_str("${__");
                rest = inner;
                continue;
            };
            match token {
                "field.labels" => out += &written(&field.labels),
                "field.name" | "field.displayName" => out += &self.base(field, frame),
                "series.name" => match &frame.name {
                    Some(name) => out += name,
                    None => out += &self.base(field, frame),
                },
                _ => match label_token(token) {
                    Some(label) => out += field.labels.get(label),
                    None => out += &format!("${{__{token}}}"),
                },
            }
            rest = after;
        }
        (out + rest).replace("$__cell_0", &self.base(field, frame))
    }
}

/// The label of `field.labels.x` and `field.labels["x"]`.
fn label_token(token: &str) -> Option<&str> {
    let path = token.strip_prefix("field.labels")?;
    path.strip_prefix('.').or_else(|| path.strip_prefix("[\"")?.strip_suffix("\"]"))
}

/// The labels without the metric's name.
pub(crate) fn without_name(labels: &LabelSet) -> LabelSet {
    labels.retain(|name| name != METRIC_NAME)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn series(labels: &[(&str, &str)], name: Option<&str>, display_name: Option<&str>) -> Frame {
        let mut field = Field::numbers("Value", vec![1.0]);
        field.labels = LabelSet::from_pairs(labels.iter().copied());
        Rc::make_mut(&mut field.config).display_name = display_name.map(str::to_owned);
        Frame { name: name.map(Rc::from), fields: vec![field], ..Frame::default() }
    }

    fn shown(frames: &[Frame]) -> Vec<String> {
        frames.iter().map(|frame| Names::of(frames).shown(&frame.fields[0], frame)).collect()
    }

    #[test]
    fn fields_are_named_by_their_labels() {
        let modes = [series(&[("mode", "idle")], None, None), series(&[("mode", "user")], None, None)];
        assert_eq!(shown(&modes), ["idle", "user"]);
        let both = [series(&[("mode", "idle"), ("cpu", "0")], None, None)];
        assert_eq!(shown(&both), ["{cpu=\"0\", mode=\"idle\"}"]);
        assert_eq!(shown(&[series(&[], None, None)]), ["Value"]);
    }

    #[test]
    fn names_may_use_labels() {
        let labels = LabelSet::from_pairs([("job", "node"), ("instance", "a")]);
        assert_eq!(legend("{{ job }} on {{instance}}{{nothing}} {{", &labels), "node on a {{");
        let own = "${__series.name} of ${__field.labels.job}${__field.labels[\"x\"]} ${__other} ${__";
        let named = series(&[("job", "node")], Some("load"), Some(own));
        assert_eq!(shown(&[named]), ["load of node ${__other} ${__"]);
    }
}
