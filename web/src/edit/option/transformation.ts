/** Transformations that can be added, each with its table of options. */

import { choices, control, oneOf, onOff, amount, type Option, words } from "./spec";

export interface TransformationType {
  id: string;
  name: string;
  says: string;
  options: readonly Option[];
  /** Options that are lists of rules, edited row by row. */
  list?: RuleList;
}

export interface RuleList {
  path: string;
  name: string;
  options: readonly Option[];
}

const calcs = (path: string, name: string) => control(path, name, { kind: "calcs", many: true });
const one = (path: string, name: string) => control(path, name, { kind: "field" });
const some = (path: string, name: string) => control(path, name, { kind: "fields" });
const when = (path: string, wanted: string, otherwise?: string) => (value: (path: string) => unknown) =>
  (value(path) ?? otherwise) === wanted;

const MATH = choices(["+", "+"], ["-", "-"], ["*", "*"], ["/", "/"], ["**", "**"], ["%", "%"]);
const inMode = (wanted: string) => when("mode", wanted, "reduceRow");

const CALCULATE: readonly Option[] = [
  oneOf(
    "mode",
    "Mode",
    choices(
      ["binary", "Binary operation"],
      ["reduceRow", "Reduce row"],
      ["unary", "Unary operation"],
      ["cumulativeFunctions", "Cumulative functions"],
      ["windowFunctions", "Window functions"],
      ["index", "Row index"],
    ),
    "reduceRow",
  ),
  { ...one("binary.left", "Left field"), shown: inMode("binary") },
  oneOf("binary.operator", "Operation", MATH, "+", { shown: inMode("binary") }),
  words("binary.right", "Right field or number", "1", { shown: inMode("binary") }),
  { ...some("reduce.include", "Fields"), shown: inMode("reduceRow") },
  { ...calcSingle("reduce.reducer", "Calculation", "sum"), shown: inMode("reduceRow") },
  oneOf("unary.operator", "Operation", choices(["abs", "abs"], ["exp", "exp"], ["ln", "ln"], ["floor", "floor"], ["ceil", "ceil"]), "abs", {
    shown: inMode("unary"),
  }),
  { ...one("unary.fieldName", "Field"), shown: inMode("unary") },
  { ...one("cumulative.field", "Field"), shown: inMode("cumulativeFunctions") },
  oneOf("cumulative.reducer", "Calculation", choices(["sum", "Total"], ["mean", "Mean"]), "sum", { shown: inMode("cumulativeFunctions") }),
  { ...one("window.field", "Field"), shown: inMode("windowFunctions") },
  oneOf("window.reducer", "Calculation", choices(["mean", "Mean"], ["stdDev", "Standard deviation"], ["variance", "Variance"]), "mean", {
    shown: inMode("windowFunctions"),
  }),
  oneOf("window.windowAlignment", "Type", choices(["trailing", "Trailing"], ["centered", "Centered"]), "trailing", {
    shown: inMode("windowFunctions"),
  }),
  oneOf("window.windowSizeMode", "Window size mode", choices(["percentage", "Percentage"], ["fixed", "Fixed"]), "percentage", {
    shown: inMode("windowFunctions"),
  }),
  amount("window.windowSize", "Window size", { min: 0 }, { otherwise: 0.1, shown: inMode("windowFunctions") }),
  onOff("index.asPercentile", "As percentile", false, { shown: inMode("index") }),
  words("alias", "Alias"),
  onOff("replaceFields", "Replace all fields", false),
];

/** A calculation that stands by its name, not in a list. */
function calcSingle(path: string, name: string, otherwise: string): Option {
  return oneOf(
    path,
    name,
    choices(
      ["sum", "Total"],
      ["mean", "Mean"],
      ["min", "Min"],
      ["max", "Max"],
      ["count", "Count"],
      ["range", "Range"],
      ["lastNotNull", "Last *"],
      ["firstNotNull", "First *"],
      ["median", "Median"],
      ["stdDev", "StdDev"],
    ),
    otherwise,
  );
}

const CONDITIONS = choices(
  ["equal", "Is equal"],
  ["notEqual", "Is not equal"],
  ["greater", "Is greater"],
  ["greaterOrEqual", "Is greater or equal"],
  ["lower", "Is lower"],
  ["lowerOrEqual", "Is lower or equal"],
  ["between", "Is between"],
  ["regex", "Matches regex"],
  ["isNull", "Is null"],
  ["isNotNull", "Is not null"],
);

const noOperand = (value: (path: string) => unknown) => ["isNull", "isNotNull", "between"].includes(String(value("config.id") ?? "equal"));

export const TRANSFORMATIONS: readonly TransformationType[] = [
  { id: "organize", name: "Organize fields by name", says: "Hide, rename and reorder fields", options: [] },
  { id: "merge", name: "Merge series/tables", says: "One table from many", options: [] },
  {
    id: "joinByField",
    name: "Join by field",
    says: "One table by a field that all have",
    options: [oneOf("mode", "Mode", choices(["outer", "Outer"], ["inner", "Inner"]), "outer"), one("byField", "Field")],
  },
  {
    id: "groupBy",
    name: "Group by",
    says: "Rows with equal values become one",
    options: [],
  },
  {
    id: "filterFieldsByName",
    name: "Filter fields by name",
    says: "Keep some fields",
    options: [
      some("include.names", "Keep"),
      words("include.pattern", "Keep those that match", "/pattern/"),
      words("exclude.pattern", "Leave out", "/pattern/"),
    ],
  },
  { id: "calculateField", name: "Add field from calculation", says: "A field worked out from others", options: CALCULATE },
  {
    id: "renameByRegex",
    name: "Rename fields by regex",
    says: "New names from old ones",
    options: [words("regex", "Match", "(.*)"), words("renamePattern", "Replace", "$1")],
  },
  { id: "sortBy", name: "Sort by", says: "Rows in order", options: [one("sort.0.field", "Field"), onOff("sort.0.desc", "Reverse", false)] },
  {
    id: "reduce",
    name: "Reduce",
    says: "Series to their calculations",
    options: [
      oneOf("mode", "Mode", choices(["seriesToRows", "Series to rows"], ["reduceFields", "Reduce fields"]), "seriesToRows"),
      calcs("reducers", "Calculations"),
      onOff("labelsToFields", "Labels to fields", false, { shown: when("mode", "seriesToRows", "seriesToRows") }),
      onOff("includeTimeField", "Include time", false, { shown: when("mode", "reduceFields") }),
    ],
  },
  {
    id: "labelsToFields",
    name: "Labels to fields",
    says: "Labels as columns or rows",
    options: [
      oneOf("mode", "Mode", choices(["columns", "Columns"], ["rows", "Rows"]), "columns"),
      words("valueLabel", "Value field name", "none", { shown: when("mode", "columns", "columns") }),
    ],
  },
  {
    id: "filterByValue",
    name: "Filter data by values",
    says: "Keep the rows that fit",
    options: [
      oneOf("type", "Filter type", choices(["include", "Include"], ["exclude", "Exclude"]), "include"),
      oneOf("match", "Conditions", choices(["all", "Match all"], ["any", "Match any"]), "any"),
    ],
    list: {
      path: "filters",
      name: "condition",
      options: [
        one("fieldName", "Field"),
        oneOf("config.id", "Match", CONDITIONS, "equal"),
        words("config.options.value", "Value", "", { shown: (value) => !noOperand(value) }),
        amount("config.options.from", "From", {}, { shown: when("config.id", "between") }),
        amount("config.options.to", "To", {}, { shown: when("config.id", "between") }),
      ],
    },
  },
  {
    id: "filterByRefId",
    name: "Filter data by query refId",
    says: "Keep some queries",
    options: [words("include", "Include", "A|B"), words("exclude", "Exclude", "C")],
  },
  { id: "seriesToRows", name: "Series to rows", says: "Time, metric and value in one table", options: [] },
  {
    id: "limit",
    name: "Limit",
    says: "The first rows",
    options: [words("limitField", "Limit", "10")],
  },
  {
    id: "concatenate",
    name: "Concatenate fields",
    says: "All fields side by side",
    options: [
      oneOf(
        "frameNameMode",
        "Name",
        choices(
          ["field", "Copy frame name to field name"],
          ["label", "Add a label with the frame name"],
          ["drop", "Ignore the frame name"],
        ),
        "field",
      ),
      words("frameNameLabel", "Label", "frame", { shown: when("frameNameMode", "label") }),
    ],
  },
  {
    id: "convertFieldType",
    name: "Convert field type",
    says: "Texts as numbers or times, and back",
    options: [],
    list: {
      path: "conversions",
      name: "conversion",
      options: [
        one("targetField", "Field"),
        oneOf(
          "destinationType",
          "As",
          choices(["number", "Number"], ["string", "String"], ["time", "Time"], ["boolean", "Boolean"]),
          "number",
        ),
      ],
    },
  },
  {
    id: "formatTime",
    name: "Format time",
    says: "Times as texts",
    options: [one("timeField", "Time field"), words("outputFormat", "Format", "YYYY-MM-DD HH:mm:ss")],
  },
  {
    id: "formatString",
    name: "Format string",
    says: "Texts in another case",
    options: [
      one("stringField", "Field"),
      oneOf(
        "outputFormat",
        "Format",
        choices(
          ["Upper Case", "Upper case"],
          ["Lower Case", "Lower case"],
          ["Sentence Case", "Sentence case"],
          ["Title Case", "Title case"],
          ["Trim", "Trim"],
        ),
        "Upper Case",
      ),
    ],
  },
  {
    id: "extractFields",
    name: "Extract fields",
    says: "Parts of a text as fields",
    options: [
      one("source", "Source"),
      oneOf(
        "format",
        "Format",
        choices(["auto", "Auto"], ["json", "JSON"], ["kvp", "Key+value pairs"], ["regexp", "RegExp"], ["delimiter", "Delimiter"]),
        "auto",
      ),
      words("regExp", "RegExp", "/(?<Name>.*)/", { shown: when("format", "regexp") }),
      words("delimiter", "Delimiter", ",", { shown: when("format", "delimiter") }),
      onOff("replace", "Replace all fields", false),
      onOff("keepTime", "Keep time", false, { shown: (value) => value("replace") === true }),
    ],
  },
  { id: "timeSeriesTable", name: "Time series to table", says: "A row for each series, with its sparkline", options: [] },
  {
    id: "partitionByValues",
    name: "Partition by values",
    says: "A series for each value",
    options: [some("fields", "Fields"), onOff("keepFields", "Keep fields", false), onOff("naming.asLabels", "Names as labels", true)],
  },
  {
    id: "groupingToMatrix",
    name: "Grouping to matrix",
    says: "Rows and columns from fields",
    options: [
      one("columnField", "Column"),
      one("rowField", "Row"),
      one("valueField", "Cell value"),
      oneOf("emptyValue", "Empty value", choices(["empty", "Empty"], ["zero", "Zero"], ["null", "Null"]), "empty"),
    ],
  },
  {
    id: "prepareTimeSeries",
    name: "Prepare time series",
    says: "One wide table or many",
    options: [oneOf("format", "Format", choices(["wide", "Wide time series"], ["multi", "Multi-frame time series"]), "wide")],
  },
  {
    id: "regression",
    name: "Regression analysis",
    says: "The line that fits best",
    options: [
      one("xFieldName", "X field"),
      one("yFieldName", "Y field"),
      oneOf("modelType", "Model", choices(["linear", "Linear"], ["polynomial", "Polynomial"]), "linear"),
      amount("degree", "Degree", { min: 2, max: 5 }, { otherwise: 2, shown: when("modelType", "polynomial") }),
      amount("predictionCount", "Predicted points", { min: 2, max: 1000 }, { otherwise: 100 }),
    ],
  },
  {
    id: "transpose",
    name: "Transpose",
    says: "Rows as columns",
    options: [words("firstFieldName", "First field name", "Field"), words("restFieldsName", "Remaining fields name", "")],
  },
  {
    id: "configFromData",
    name: "Config from query results",
    says: "One query configures the others",
    options: [words("configRefId", "Config query", "config")],
  },
  { id: "rowsToFields", name: "Rows to fields", says: "Each row becomes a field", options: [] },
];

export function transformationOf(id: string): TransformationType | undefined {
  return TRANSFORMATIONS.find((one) => one.id === id);
}
