//! A field that is worked out from others, row by row.

use serde_json::Value as JsonValue;

use super::is_named;
use crate::{
    field::Calculation,
    frame::{Column, Field, FieldKind, Frame, Names, Value},
    json::Json,
};

/// Values that all windows of a field may look at.
const WINDOWS_MAX: usize = 20_000_000;

/// Adds a field to each frame, or puts it in the place of all but the time.
pub(super) fn calculate_field(mut frames: Vec<Frame>, options: &JsonValue) -> Vec<Frame> {
    let names = Names::of(&frames);
    for frame in &mut frames {
        let Some((name, values)) = (Calculator { frame, names: &names, options }).calculate() else {
            continue;
        };
        let name = options.at("alias").text().filter(|alias| !alias.is_empty()).unwrap_or(name);
        let values = Column::of_values(values.into_iter(), FieldKind::Number);
        if options.at("replaceFields").is_true() {
            frame.fields.retain(|field| field.kind == FieldKind::Time);
        }
        frame.fields.push(Field::new(&name, FieldKind::Number, values));
    }
    frames
}

struct Calculator<'a> {
    frame: &'a Frame,
    names: &'a Names,
    options: &'a JsonValue,
}

/// A side of a calculation.
enum Operand<'a> {
    Field(&'a Field),
    Number(f64),
}

impl Operand<'_> {
    fn at(&self, row: usize) -> Value {
        match self {
            Self::Field(field) => field.values.get(row),
            Self::Number(number) => Value::Number(*number),
        }
    }
}

impl<'a> Calculator<'a> {
    /// Its name and values; `None` when it is about fields that are not there.
    fn calculate(&self) -> Option<(String, Vec<Value>)> {
        match self.options.at("mode").text_or_empty().as_str() {
            "binary" => self.binary(self.options.at("binary")),
            "unary" => self.unary(self.options.at("unary")),
            "index" => Some(self.index(self.options.at("index"))),
            "cumulativeFunctions" => self.cumulative(self.options.at("cumulative")),
            "windowFunctions" => self.window(self.options.at("window")),
            _ => Some(self.reduce(self.options.at("reduce"))),
        }
    }

    fn find(&self, name: &str) -> Option<&'a Field> {
        self.frame.fields.iter().find(|field| is_named(field, self.frame, self.names, name))
    }

    /// Newer dashboards name a field inside a matcher.
    fn operand(&self, source: &JsonValue) -> Option<Operand<'a>> {
        let names = [source.at("matcher").at("options"), source.at("fixed"), source];
        let name = names.into_iter().map(Json::text_or_empty).find(|name| !name.is_empty())?;
        let number = || name.parse().ok().map(Operand::Number);
        self.find(&name).map(Operand::Field).or_else(number)
    }

    fn binary(&self, options: &JsonValue) -> Option<(String, Vec<Value>)> {
        let (left, right) = (self.operand(options.at("left"))?, self.operand(options.at("right"))?);
        let operator = options.at("operator").text().unwrap_or_else(|| "+".to_owned());
        let row = |row: usize| match (left.at(row), right.at(row)) {
            (Value::Number(left), Value::Number(right)) => operate(&operator, left, right),
            _ => Value::Null,
        };
        let [left, right] = ["left", "right"].map(|side| options.at(side).text_or_empty());
        Some((format!("{left} {operator} {right}"), (0..self.frame.rows()).map(row).collect()))
    }

    fn unary(&self, options: &JsonValue) -> Option<(String, Vec<Value>)> {
        let (operator, name) =
            (options.at("operator").text_or_empty(), options.at("fieldName").text_or_empty());
        let apply: fn(f64) -> f64 = match operator.as_str() {
            "abs" => f64::abs,
            "exp" => f64::exp,
            "ln" => f64::ln,
            "floor" => f64::floor,
            "ceil" => f64::ceil,
            _ => return None,
        };
        let value =
            |value| if let Value::Number(number) = value { Value::of(apply(number)) } else { Value::Null };
        let values = self.find(&name)?.values.iter().map(value).collect();
        Some((format!("{operator}({name})"), values))
    }

    fn index(&self, options: &JsonValue) -> (String, Vec<Value>) {
        let rows = self.frame.rows();
        let share = if options.at("asPercentile").is_true() { rows.saturating_sub(1).max(1) } else { 1 };
        ("Row".to_owned(), (0..rows).map(|row| Value::Number(row as f64 / share as f64)).collect())
    }

    fn cumulative(&self, options: &JsonValue) -> Option<(String, Vec<Value>)> {
        let (name, reducer) = (options.at("field").text_or_empty(), options.at("reducer").text_or_empty());
        let (mut total, mut count) = (0.0, 0.0);
        let value = |value| {
            if let Value::Number(number) = value {
                (total, count) = (total + number, count + 1.0);
            }
            match reducer.as_str() {
                "mean" if count == 0.0 => Value::Null,
                "mean" => Value::Number(total / count),
                _ => Value::Number(total),
            }
        };
        let values = self.find(&name)?.values.iter().map(value).collect();
        Some((format!("cumulative {reducer}({name})"), values))
    }

    /// A calculation over the rows before each row, or around it.
    fn window(&self, options: &JsonValue) -> Option<(String, Vec<Value>)> {
        let field = self.find(&options.at("field").text_or_empty())?;
        let rows = field.values.len();
        let wanted = options.at("windowSize").number().unwrap_or(0.1);
        let fixed = options.at("windowSizeMode").as_str() == Some("fixed");
        let size = if fixed { wanted } else { wanted * rows as f64 }.ceil() as usize;
        let size = size.clamp(1, (WINDOWS_MAX / rows.max(1)).max(1));
        let centred = options.at("windowAlignment").as_str() == Some("centered");
        let ahead = if centred { size / 2 } else { 0 };
        let reducer = options.at("reducer").text().unwrap_or_else(|| "mean".to_owned());
        let calculation = Calculation::new(&reducer);
        let value = |row: usize| {
            let end = (row + ahead + 1).min(rows);
            let rows = (row + ahead + 1).saturating_sub(size)..end;
            calculation.of(&field.values.pick(rows.map(Some)))
        };
        let alignment = if centred { "centered" } else { "trailing" };
        let name = format!("{alignment} moving {reducer}({})", field.name);
        Some((name, (0..rows).map(value).collect()))
    }

    fn reduce(&self, options: &JsonValue) -> (String, Vec<Value>) {
        let reducer = options.at("reducer").text().unwrap_or_else(|| "sum".to_owned());
        let named = options.at("include").texts();
        let named: Vec<_> = named.iter().filter_map(|name| self.find(name)).collect();
        let fields = if named.is_empty() { self.frame.numbers().collect() } else { named };
        let calculation = Calculation::new(&reducer);
        let row = |row: usize| {
            let values = fields.iter().map(|field| field.values.get(row));
            calculation.of(&Column::of_values(values, FieldKind::Number))
        };
        let values = (0..self.frame.rows()).map(row).collect();
        (reducer, values)
    }
}

fn operate(operator: &str, left: f64, right: f64) -> Value {
    Value::of(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "**" => left.powf(right),
        _ => return Value::Null,
    })
}
