// Which series a dashboard asks for: names, and for each label the values that its queries name.

/** In place of a variable whose value is not known here. */
const ANY = 'gnomonany'
const DURATIONS = /\[(\$|\[\[)[^\]]*\]*\]?\s*(:[^\]]*)?\]/g

/** Expressions of panels, with the labels that legends show; and of variables, with the label that they list. */
function* expressions(dashboard) {
  function* panels(list = []) {
    for (const panel of list) {
      for (const { expr, legendFormat = '' } of panel.targets ?? []) {
        const legend = [...legendFormat.matchAll(/{{\s*([A-Za-z_]\w*)\s*}}/g)].map((match) => match[1])
        if (expr) yield { text: expr, labels: legend }
      }
      yield* panels(panel.panels)
    }
  }
  yield* panels(dashboard.panels)
  for (const row of dashboard.rows ?? []) yield* panels(row.panels)
  for (const { type, query } of dashboard.templating?.list ?? []) {
    const text = typeof query === 'object' ? query?.query : query
    if (type !== 'query' || !text) continue
    const [, selector, label] = text.match(/^\s*label_values\((.*),\s*(\w+)\s*\)\s*$/s) ?? []
    const [, result] = text.match(/^\s*query_result\((.*)\)\s*$/s) ?? []
    if (selector ?? result) yield { text: selector ?? result, labels: label ? [label] : [] }
  }
  for (const { expr } of dashboard.annotations?.list ?? []) if (expr) yield { text: expr, labels: [] }
}

/** The expression with something parseable in place of each variable. */
function withoutVariables(text) {
  return text
    .replace(DURATIONS, '[5m]')
    .replace(/\$__(rate_)?interval(_ms)?|\$__range(_s|_ms)?|\$\{__\w+(:\w+)?\}/g, '5m')
    .replace(/offset \$\w+/g, 'offset 5m')
    .replace(/\$\{[^}]+\}|\[\[[^\]]+\]\]|\$\w+/g, ANY)
}

/** Labels that legends name and exporters do not give. */
const NOT_THERE = {
  node_hwmon_chip_names: ['sensor'],
  prometheus_remote_storage_samples_in_total: ['url', 'remote_name'],
}

/** What a matcher lets through, as far as it says: some values, or none that are known. */
function valuesOf({ type, value }) {
  if (value.includes(ANY)) return []
  if (type === '=') return value === '' ? undefined : [value]
  if (type !== '=~') return []
  const alternatives = value.replace(/^\((?:\?[:i]*)?(.*)\)$/, '$1').split('|')
  return alternatives.map((one) => one.replace(/\.[*+]\??/g, 'a').replace(/\.\.$/, '00').replace(/\\+(.)/g, '$1').replace(/\[(.)[^\]]*\]\+?/g, '$1'))
    .filter((one) => one !== '' && !/[()*+?^$[\]{}]/.test(one) && !/^a$/.test(one))
}

/** Wanted series by metric name: label to its values, a set that may be empty when any value does. */
export class Wanted {
  metrics = new Map()
  /** Metrics whose series have to have the same labels, because an operator matches them. */
  links = []
  rated = new Set()

  constructor(parse) {
    this.parse = parse
  }

  async addDashboard(dashboard) {
    for (const { text, labels } of expressions(dashboard)) {
      const tree = await this.parse(withoutVariables(text))
      if (tree) this.walk(tree, new Set(labels), false)
    }
  }

  labelsOf(name) {
    if (!this.metrics.has(name)) this.metrics.set(name, new Map())
    return this.metrics.get(name)
  }

  /** Names of the selectors beneath that no aggregation stands above. */
  walk(node, labels, rated) {
    if (!node || typeof node !== 'object') return []
    switch (node.type) {
      case 'vectorSelector':
      case 'matrixSelector':
        return this.select(node, labels, rated)
      case 'aggregation': {
        const kept = new Set([...(node.without ? labels : []), ...node.grouping.filter((label) => !node.without)])
        const over = ['topk', 'bottomk', 'limitk'].includes(node.op)
        const names = this.walk(node.expr, over ? new Set([...labels, ...kept]) : kept, rated)
        this.walk(node.param, new Set(), false)
        return over ? names : []
      }
      case 'binaryExpr':
        return this.match(node, labels, rated)
      case 'call': {
        const counts = ['rate', 'irate', 'increase'].includes(node.func.name)
        const wanted = node.func.name === 'histogram_quantile' ? new Set([...labels, 'le']) : labels
        return node.args.flatMap((argument) => this.walk(argument, wanted, counts))
      }
      default:
        return this.walk(node.expr, labels, rated)
    }
  }

  match(node, labels, rated) {
    const { on, labels: matched = [], include = [] } = node.matching ?? {}
    const side = (tree, more) => this.walk(tree, new Set([...labels, ...(on ? matched : []), ...more]), rated)
    const many = node.matching?.card
    const left = side(node.lhs, [])
    const right = side(node.rhs, many === 'many-to-one' ? include : [])
    if (node.matching && !on && !['and', 'or', 'unless'].includes(node.op)) {
      const ignored = new Set(matched)
      for (const a of left) for (const b of right) this.links.push([a, b, ignored])
    }
    return [...left, ...right]
  }

  select(node, labels, rated) {
    const name = node.name || node.matchers.find((m) => m.name === '__name__' && m.type === '=')?.value
    if (!name || name.includes(ANY)) return []
    const known = this.labelsOf(name)
    if (rated) this.rated.add(name)
    for (const label of labels) if (!known.has(label)) known.set(label, new Set())
    for (const matcher of node.matchers) {
      if (matcher.name === '__name__') continue
      const values = valuesOf(matcher)
      if (values === undefined) continue
      if (!known.has(matcher.name)) known.set(matcher.name, new Set())
      for (const value of values) known.get(matcher.name).add(value)
    }
    return [name]
  }

  /** The metrics, those that operators match with the same labels. */
  linked() {
    for (let pass = 0; pass < 3; pass++) {
      for (const [a, b, ignored] of this.links) {
        const [of, other] = [this.labelsOf(a), this.labelsOf(b)]
        const spread = (from, to) => {
          for (const [label, values] of from) {
            if (!ignored.has(label)) to.set(label, new Set([...(to.get(label) ?? []), ...values]))
          }
        }
        spread(of, other)
        spread(other, of)
      }
    }
    for (const [name, labels] of Object.entries(NOT_THERE)) {
      for (const label of labels) this.metrics.get(name)?.delete(label)
    }
    return this.metrics
  }
}
