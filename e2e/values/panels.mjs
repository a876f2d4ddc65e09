// What a dashboard's panels should show, by their JSON and by what the API answered: texts, apart from the front end's own code.
import { written } from './reference.mjs'

const OLD_CALCS = { current: 'lastNotNull', avg: 'mean', total: 'sum' }

const numbers = (values) => values.filter((value) => !Number.isNaN(value))
const sum = (values) => values.reduce((total, value) => total + value, 0)
const REDUCE = {
  lastNotNull: (values) => numbers(values).at(-1),
  last: (values) => values.at(-1),
  first: (values) => values[0],
  firstNotNull: (values) => numbers(values)[0],
  min: (values) => (numbers(values).length ? Math.min(...numbers(values)) : undefined),
  max: (values) => (numbers(values).length ? Math.max(...numbers(values)) : undefined),
  mean: (values) => (numbers(values).length ? sum(numbers(values)) / numbers(values).length : undefined),
  sum: (values) => (numbers(values).length ? sum(numbers(values)) : undefined),
}

/** All panels of a dashboard but its rows, in today's terms as far as values go. */
export function panelsOf(dashboard) {
  const inner = [...(dashboard.panels ?? []), ...(dashboard.rows ?? []).flatMap(({ panels }) => panels ?? [])]
  return inner.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel])).map(modern)
}

function modern(panel) {
  if (panel.type === 'graph') return modernGraph(panel)
  if (panel.type !== 'singlestat') return panel
  const ranges = panel.mappingType === 2
  const maps = ((ranges ? panel.rangeMaps : panel.valueMaps) ?? []).filter(({ text }) => text)
  const mappings = maps.map(({ value, from, to, text }) =>
    ranges ? { type: 'range', options: { from: Number(from), to: Number(to), result: { text } } } : { type: 'value', options: { [value]: { text } } },
  )
  const calcs = [OLD_CALCS[panel.valueName ?? 'avg'] ?? panel.valueName]
  return {
    ...panel,
    type: panel.gauge?.show ? 'gauge' : 'stat',
    options: { reduceOptions: { calcs } },
    fieldConfig: { defaults: { unit: panel.format, decimals: panel.decimals ?? undefined, mappings }, overrides: [] },
  }
}

function modernGraph(panel) {
  const { legend = {}, yaxes: [left = {}, right = {}] = [], seriesOverrides = [] } = panel
  const kinds = ['min', 'max', 'avg', 'current', 'total'].filter((kind) => legend.values && legend[kind])
  const matcher = (alias) => ({ id: alias.startsWith('/') ? 'byRegexp' : 'byName', options: alias })
  const overrides = seriesOverrides
    .filter(({ yaxis }) => yaxis === 2)
    .map(({ alias }) => ({ matcher: matcher(alias), properties: [{ id: 'unit', value: right.format }] }))
  return {
    ...panel,
    type: 'timeseries',
    options: { legend: { showLegend: legend.show !== false, displayMode: legend.alignAsTable ? 'table' : 'list', calcs: kinds.map((kind) => OLD_CALCS[kind] ?? kind) } },
    fieldConfig: { defaults: { unit: left.format, decimals: panel.decimals ?? left.decimals ?? undefined }, overrides },
  }
}

const VARIABLE = /\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+/g

/** A pattern for a text in which any variable may have any value. */
export function anyValues(text) {
  const parts = text.split(VARIABLE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*?')}$`)
}

/** The panel's targets, each with the answers that may be its own: one, unless the panel is repeated. */
function answered(panel, answers) {
  return (panel.targets ?? [])
    .map((target, index) => ({ refId: String.fromCharCode(65 + index), ...target }))
    .filter(({ expr, hide }) => expr && !hide)
    .map((target) => {
      const pattern = anyValues(target.expr.trim())
      return { target, found: answers.filter(({ query, instant }) => pattern.test(query.trim()) && instant === Boolean(target.instant)) }
    })
}

/** Ways to choose among the answers that several panels of the same targets got. */
const CHOICES_MAX = 24

/** The series of the panel: one list for each way in which its targets may have been answered. */
function seriesOf(panel, answers) {
  let choices = [[]]
  for (const { target, found } of answered(panel, answers)) {
    const distinct = [...new Map(found.map((one) => [JSON.stringify(one.series), one.series])).values()]
    const named = distinct.map((list) => list.map((one) => ({ ...one, target, name: nameOf(target, one.labels) })))
    choices = choices.flatMap((before) => named.map((list) => [...before, ...list])).slice(0, CHOICES_MAX)
  }
  return choices.filter(({ length }) => length > 0)
}

function nameOf({ legendFormat = '' }, labels) {
  if (legendFormat !== '' && legendFormat !== '__auto') return legendFormat.replace(/{{\s*(.+?)\s*}}/g, (_, label) => labels[label] ?? '')
  const { __name__: metric = '', ...rest } = labels
  const pairs = Object.keys(rest).sort().map((label) => `${label}=${JSON.stringify(rest[label])}`)
  return pairs.length ? `${metric}{${pairs.join(', ')}}` : metric
}

/** The field configuration for a name: defaults, and the overrides that fit. */
function configOf(panel, names, refId) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {}
  const config = { ...defaults }
  for (const { matcher, properties } of overrides) {
    if (fits(matcher, names, refId)) for (const { id, value } of properties) config[id] = value
  }
  return config
}

function fits({ id, options }, names, refId) {
  if (id === 'byName') return names.includes(options)
  if (id === 'byFrameRefID') return options === refId
  if (id !== 'byRegexp') return false
  const [, source = options, flags = ''] = options.match(/^\/(.*)\/([a-z]*)$/s) ?? []
  return names.some((name) => new RegExp(source, flags).test(name))
}

function shownText(value, { unit, decimals, mappings = [], noValue }) {
  const mapped = mappings.map((mapping) => mappedText(mapping, value)).find((text) => text !== undefined)
  if (mapped !== undefined) return mapped
  return value === undefined ? (noValue ?? '–') : written(value, unit ?? 'none', decimals ?? undefined)
}

function mappedText({ type, options }, value) {
  if (type === 'value') return value === undefined ? undefined : options[String(value)]?.text
  if (type === 'range') return value >= (options.from ?? -Infinity) && value <= (options.to ?? Infinity) ? options.result?.text : undefined
  if (type !== 'special') return undefined
  const isNull = value === undefined && ['null', 'null+nan'].includes(options.match)
  return isNull || (Number.isNaN(value) && ['nan', 'null+nan'].includes(options.match)) ? options.result?.text : undefined
}

const NOTHING = { proven: 'nothing', problems: [] }

/** What was proven of a panel, and what was not as it should be. `shown` is what is to be read in it. */
export function compare(panel, answers, shown) {
  const choices = seriesOf(panel, answers)
  if (choices.length === 0 || shown.message) return NOTHING
  if (panel.type === 'table') return compareTable(panel, answers, shown)
  if ((panel.transformations ?? []).length) return NOTHING
  const compareOne = { stat: compareValues, gauge: compareValues, bargauge: compareValues, piechart: compareValues, timeseries: compareCurves }[panel.type]
  if (!compareOne) return NOTHING
  const results = choices.map((series) => compareOne(panel, series, shown))
  return results.find(({ problems }) => problems.length === 0) ?? results[0]
}

function compareValues(panel, series, shown) {
  const { calcs = [], values } = panel.options?.reduceOptions ?? {}
  if (values || panel.options?.textMode === 'name') return NOTHING
  const calc = calcs[0] ?? 'lastNotNull'
  const expected = series.map(({ values, name, target }) => shownText(REDUCE[calc](values), configOf(panel, [name], target.refId)))
  if (panel.type === 'gauge') return { proven: 'values', problems: missing(expected, shown.images.map((label) => label.slice(label.lastIndexOf(': ') + 2))) }
  if (panel.type === 'piechart') return comparePie(panel, series.map(({ values }) => REDUCE[calc](values)), expected, shown)
  return { proven: 'values', problems: missing(expected, shown.lines) }
}

function comparePie(panel, values, expected, shown) {
  const total = sum(values.filter((value) => value > 0))
  const shares = values.filter((value) => value > 0).map((value) => `${written((100 * value) / total, 'none', panel.fieldConfig?.defaults?.decimals ?? 0)}%`)
  const problems = missing(shares, shown.images.flatMap((label) => label.match(/-?[\d.]+%(?=,|$)/g) ?? []))
  const inLegend = panel.options?.legend?.showLegend !== false && (panel.options?.legend?.values ?? []).includes('value')
  return { proven: 'values', problems: inLegend ? [...problems, ...missing(expected, shown.lines)] : problems }
}

/** The number of curves, and what the legend calculates. */
function compareCurves(panel, series, shown) {
  const curves = shown.images.map((label) => label.match(/: (\d+) curves over time$/)?.[1]).find(Boolean)
  const problems = curves === undefined || Number(curves) === series.length ? [] : [`${curves} curves for ${series.length} series`]
  const { showLegend = true, calcs = [] } = panel.options?.legend ?? {}
  if (!showLegend || calcs.length === 0) return { proven: 'curves', problems }
  const hidden = (panel.fieldConfig?.overrides ?? []).some(({ properties }) => properties.some(({ id, value }) => id === 'custom.hideFrom' && (value.legend || value.viz)))
  const expected = series.map(({ values, name, target }) => {
    const config = configOf(panel, [name], target.refId)
    return calcs.map((calc) => shownText(REDUCE[calc](values), config)).join(' | ')
  })
  const rows = shown.legend.map((cells) => cells.join(' | '))
  return { proven: 'values', problems: [...problems, ...(hidden ? missing(rows, expected) : missing(expected, rows))] }
}

const JOINING = ['merge', 'joinByField', 'seriesToColumns']
const RESHAPING = ['reduce', 'groupBy', 'filterByValue', 'limit', 'calculateField', 'seriesToRows', 'timeSeriesTable', 'labelsToFields']

/** Each target's values under the head of its column. */
function compareTable(panel, answers, shown) {
  const transformations = panel.transformations ?? []
  if (transformations.some(({ id }) => RESHAPING.includes(id))) return NOTHING
  const organized = Object.assign({}, ...transformations.filter(({ id }) => id === 'organize').map(({ options }) => options))
  const targets = answered(panel, answers)
  const problems = []
  // Tables that are not joined are shown one at a time.
  for (const { target, found } of transformations.some(({ id }) => JOINING.includes(id)) ? targets : targets.slice(0, 1)) {
    const name = targets.length > 1 ? `Value #${target.refId}` : 'Value'
    const renamed = organized.renameByName?.[name] || name
    const config = configOf(panel, [name, renamed], target.refId)
    if (organized.excludeByName?.[name] || config['custom.hidden'] || found.length === 0) continue
    const column = shown.table.head.indexOf(config.displayName || renamed)
    const expected = found[0].series.map(({ values }) => shownText(values.at(-1), config))
    if (column < 0) problems.push(`no column ${renamed}`)
    else problems.push(...missing([...new Set(expected)], shown.table.rows.map((cells) => cells[column])))
  }
  return { proven: 'values', problems }
}

/** Texts that should be shown and are not; each counts as often as it is expected. */
function missing(expected, shown) {
  const left = [...shown]
  return expected.flatMap((text) => {
    const place = left.indexOf(text)
    if (place >= 0) left.splice(place, 1)
    return place >= 0 ? [] : [`${text} is not shown: ${shown.slice(0, 12).join(', ')}`]
  })
}
