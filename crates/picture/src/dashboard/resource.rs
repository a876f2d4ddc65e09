//! The V2 dashboard resource (`elements` and `layout`) as the classic JSON that the rest of the model reads.

use serde_json::{Map, Value, json};

use crate::json::Json;

/// Layouts may stand in layouts.
const DEPTH_MAX: usize = 8;
/// Panels that layouts may place.
const PANELS_MAX: usize = 2000;
const COLUMNS: f64 = 24.0;

pub(super) fn is_v2(json: &Value) -> bool {
    json.at("elements").is_object() && json.at("layout").is_object()
}

pub(super) fn to_classic(spec: &Value) -> Value {
    let time = spec.at("timeSettings");
    let mut layout = Layout { elements: spec.at("elements"), panels: Vec::new(), y: 0.0 };
    layout.lay(spec.at("layout"), 0);
    json!({
        "title": spec.at("title"),
        "time": { "from": time.at("from"), "to": time.at("to") },
        "timezone": time.at("timezone"),
        "templating": { "list": spec.at("variables").objects().map(variable).collect::<Vec<_>>() },
        "annotations": { "list": spec.at("annotations").objects().map(annotation).collect::<Vec<_>>() },
        "panels": layout.panels,
    })
}

/// Panels one below the other, as layouts are gone through.
struct Layout<'a> {
    elements: &'a Value,
    panels: Vec<Value>,
    y: f64,
}

impl Layout<'_> {
    fn lay(&mut self, layout: &Value, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let spec = layout.at("spec");
        match layout.at("kind").as_str().unwrap_or_default() {
            "GridLayout" => self.grid(spec.at("items"), depth),
            "AutoGridLayout" => self.auto_grid(spec),
            "RowsLayout" => spec.at("rows").objects().for_each(|row| self.row(row.at("spec"), depth)),
            "TabsLayout" => spec.at("tabs").objects().for_each(|tab| self.row(tab.at("spec"), depth)),
            _ => {}
        }
    }

    fn grid(&mut self, items: &Value, depth: usize) {
        let top = self.y;
        for item in items.objects() {
            let spec = item.at("spec");
            let y = top + spec.at("y").number().unwrap_or(0.0);
            if item.at("kind").as_str() == Some("GridLayoutRow") {
                self.y = self.y.max(y);
                self.head(spec);
                if depth < DEPTH_MAX {
                    self.grid(spec.at("elements"), depth + 1);
                }
                continue;
            }
            let size = |key: &str, otherwise: f64| spec.at(key).number().unwrap_or(otherwise);
            let place = [size("x", 0.0), y, size("width", 12.0), size("height", 8.0)];
            self.panel(spec.at("element"), place, spec.at("repeat"));
        }
    }

    fn auto_grid(&mut self, spec: &Value) {
        let columns = spec.at("maxColumnCount").number().unwrap_or(3.0).clamp(1.0, COLUMNS);
        let height = match spec.at("rowHeightMode").as_str() {
            Some("short") => 5.0,
            Some("tall") => 14.0,
            Some("custom") => (spec.at("rowHeight").number().unwrap_or(320.0) / 38.0).ceil(),
            _ => 9.0,
        };
        let (width, top) = ((COLUMNS / columns).floor(), self.y);
        for (index, item) in spec.at("items").objects().enumerate() {
            let inner = item.at("spec");
            let (row, column) = ((index as f64 / columns).floor(), index as f64 % columns);
            let place = [column.floor() * width, top + row * height, width, height];
            self.panel(inner.at("element"), place, inner.at("repeat"));
        }
    }

    fn row(&mut self, spec: &Value, depth: usize) {
        if !spec.at("hideHeader").is_true() {
            self.head(spec);
        }
        self.lay(spec.at("layout"), depth + 1);
    }

    fn head(&mut self, spec: &Value) {
        let collapsed = spec.at("collapse").is_true() || spec.at("collapsed").is_true();
        self.panels.push(json!({
            "type": "row",
            "title": spec.at("title"),
            "collapsed": collapsed,
            "repeat": spec.at("repeat").at("value"),
            "gridPos": { "x": 0, "y": self.y, "w": COLUMNS, "h": 1 },
            "panels": [],
        }));
        self.y += 1.0;
    }

    fn panel(&mut self, element: &Value, [x, y, w, h]: [f64; 4], repeat: &Value) {
        if self.panels.len() >= PANELS_MAX {
            return;
        }
        self.y = self.y.max(y + h);
        let name = element.at("name").text_or_empty();
        let mut panel = classic_panel(self.elements.at(&name));
        panel.insert("gridPos".to_owned(), json!({ "x": x, "y": y, "w": w, "h": h }));
        panel.insert("repeat".to_owned(), repeat.at("value").clone());
        panel.insert("repeatDirection".to_owned(), repeat.at("direction").clone());
        // Panels of a folded row lie inside it, as they do in the classic JSON.
        let row = self.panels.iter_mut().rfind(|one| one.at("type").as_str() == Some("row"));
        let folded = row.filter(|row| row.at("collapsed").is_true());
        match folded.and_then(|row| row.get_mut("panels")?.as_array_mut()) {
            Some(inside) => inside.push(Value::Object(panel)),
            None => self.panels.push(Value::Object(panel)),
        }
    }
}

fn classic_panel(element: &Value) -> Map<String, Value> {
    let spec = element.at("spec");
    let drawn = spec.at("vizConfig");
    let data = spec.at("data").at("spec");
    let mut panel = data.at("queryOptions").as_object().cloned().unwrap_or_default();
    // Earlier V2 had the panel's type as the kind, later ones as the group.
    let kind = [drawn.at("group"), drawn.at("kind")].into_iter().find(|kind| kind.is_string());
    let fields = [
        ("id", spec.at("id").clone()),
        ("type", kind.cloned().unwrap_or_default()),
        ("title", spec.at("title").clone()),
        ("transparent", spec.at("transparent").clone()),
        ("options", drawn.at("spec").at("options").clone()),
        ("fieldConfig", drawn.at("spec").at("fieldConfig").clone()),
        ("targets", data.at("queries").objects().map(target).collect()),
        ("transformations", data.at("transformations").objects().map(transformation).collect()),
    ];
    panel.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    panel
}

fn target(query: &Value) -> Value {
    let spec = query.at("spec");
    let inner = spec.at("query");
    let mut target = inner.at("spec").as_object().cloned().unwrap_or_default();
    let kind = [inner.at("group"), inner.at("kind")].into_iter().find(|kind| kind.is_string());
    target.insert("refId".to_owned(), spec.at("refId").clone());
    target.insert("hide".to_owned(), spec.at("hidden").clone());
    target.insert("datasource".to_owned(), json!({ "type": kind, "uid": data_source(spec, inner) }));
    Value::Object(target)
}

/// The uid of a data source: later V2 has it as a name within the query, earlier ones beside it.
fn data_source(spec: &Value, query: &Value) -> String {
    let names = [query.at("datasource").at("name"), spec.at("datasource").at("uid")];
    names.into_iter().map(Json::text_or_empty).find(|name| !name.is_empty()).unwrap_or_default()
}

fn annotation(annotation: &Value) -> Value {
    let spec = annotation.at("spec");
    let query = spec.at("query");
    let mut fields = query.at("spec").as_object().cloned().unwrap_or_default();
    for name in ["enable", "iconColor"] {
        fields.insert(name.to_owned(), spec.at(name).clone());
    }
    fields.insert("builtIn".to_owned(), json!(u8::from(spec.at("builtIn").is_true())));
    fields.insert("datasource".to_owned(), json!({ "uid": data_source(spec, query) }));
    Value::Object(fields)
}

fn transformation(one: &Value) -> Value {
    let mut fields = one.at("spec").as_object().cloned().unwrap_or_default();
    let id = match (one.at("group"), one.at("kind").as_str()) {
        (group, _) if group.is_string() => group.clone(),
        (_, Some("Transformation")) => one.at("spec").at("id").clone(),
        _ => one.at("kind").clone(),
    };
    fields.insert("id".to_owned(), id);
    Value::Object(fields)
}

/// How options are sorted, by the numbers that the classic JSON has for it.
const SORTS: [&str; 9] = [
    "disabled",
    "alphabeticalAsc",
    "alphabeticalDesc",
    "numericalAsc",
    "numericalDesc",
    "alphabeticalCaseInsensitiveAsc",
    "alphabeticalCaseInsensitiveDesc",
    "naturalAsc",
    "naturalDesc",
];

fn variable(variable: &Value) -> Value {
    let spec = variable.at("spec");
    let mut fields = spec.as_object().cloned().unwrap_or_default();
    let kind = variable.at("kind").text_or_empty();
    let query = match spec.at("query") {
        query if query.is_object() => match query.at("spec").at("query") {
            Value::Null => query.at("spec").clone(),
            inner => inner.clone(),
        },
        Value::Null => spec.at("pluginId").clone(),
        query => query.clone(),
    };
    let sort = SORTS.iter().position(|name| spec.at("sort").as_str() == Some(name)).unwrap_or(0);
    fields.insert("type".to_owned(), json!(kind.trim_end_matches("Variable").to_lowercase()));
    fields.insert("query".to_owned(), query);
    fields.insert("sort".to_owned(), json!(sort));
    fields.insert("datasource".to_owned(), json!({ "uid": data_source(spec, spec.at("query")) }));
    Value::Object(fields)
}
