// How Grafana writes a value: its rules, apart from the front end's own code. conformance/units has what both are held against.

const SI = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']
const SHORT = ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept']
const COUNT = ['', 'K', 'M', 'B', 'T']

/** By unit: prefixes, the name behind them, and the steps that values are above or below the base. */
const SI_UNITS = {
  decbytes: ['B'], decbits: ['b'], deckbytes: ['B', 1], Bps: ['B/s'], bps: ['b/s'], pps: ['p/s'], hertz: ['Hz'], watt: ['W'],
  megwatt: ['W', 2], volt: ['V'], amp: ['A'], joule: ['J'], kohm: ['Ω', 1], farad: ['F'], µfarad: ['F', -2], pfarad: ['F', -4],
  mhenry: ['H', -1], sishort: [''],
}
const BINARY_UNITS = { bytes: ['B'], bits: ['b'], kbytes: ['B', 1], mbytes: ['B', 2], gbytes: ['B', 3], binBps: ['B/s'], binbps: ['b/s'] }
const COUNT_UNITS = { ops: 'ops/s', reqps: 'req/s', iops: 'io/s', rps: 'rd/s', wps: 'wr/s', eps: 'evt/s', cps: 'c/s', mps: 'msg/s', opm: 'ops/m' }
const NAMED = { celsius: '°C', humidity: '%H', dB: 'dB', fahrenheit: '°F', lux: 'lux', pressurehpa: 'hPa', rotrpm: 'rpm', accMS2: 'm/sec²', accG: 'g' }
const CURRENCY = { currencyUSD: '$', currencyKRW: '₩', currencyEUR: '€' }
const SWITCHES = { bool: ['True', 'False'], bool_yes_no: ['Yes', 'No'], bool_on_off: ['On', 'Off'] }

const SECONDS = [[1e-6, 1e-9, 'ns'], [1e-3, 1e-6, 'µs'], [1, 1e-3, 'ms'], [60, 1, 's'], [3600, 60, 'min'], [86_400, 3600, 'hour'],
  [604_800, 86_400, 'day'], [31_536_000, 604_800, 'week'], [Infinity, 31_556_900, 'year']]
const MILLISECONDS = [[1e3, 1, 'ms'], [6e4, 1e3, 's'], [36e5, 6e4, 'min'], [864e5, 36e5, 'hour'], [31_536e6, 864e5, 'day'], [Infinity, 31_536e6, 'year']]
const SPANS = [[31_536_000, 'year'], [2_592_000, 'month'], [604_800, 'week'], [86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second'], [0.001, 'millisecond']]

/** Digits behind the point: as many as are asked for, else those that leave three significant ones. */
function numeral(value, decimals) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞'
  let digits = decimals
  if (digits === undefined) {
    const places = Number.isInteger(value) ? 0 : (value < 0 ? 1 : 2) - Math.floor(Math.log10(Math.abs(value)))
    digits = Math.max(0, places)
  }
  digits = Math.max(0, digits)
  const scale = 10 ** digits
  const rounded = Math.round(value * scale) / scale
  if (String(rounded).includes('e')) return String(rounded)
  return Object.is(rounded, -0) ? (0).toFixed(digits) : rounded.toFixed(digits)
}

/** Steps up or down by `factor` until the number is at least one and below the factor. */
function stepped(value, decimals, factor, names, base) {
  if (!Number.isFinite(value)) return numeral(value)
  let [step, rest] = [base, value]
  while (Math.abs(rest) >= factor && step < names.length - 1) [rest, step] = [rest / factor, step + 1]
  while (rest !== 0 && Math.abs(rest) < 1 && step > 0) [rest, step] = [rest * factor, step - 1]
  return numeral(rest, decimals) + names[step]
}

const prefixed = (value, decimals, factor, prefixes, [name, thousands = 0]) =>
  stepped(value, decimals, factor, prefixes.map((prefix) => ` ${prefix}${name}`), prefixes.indexOf('') + thousands)

function duration(value, decimals, steps) {
  const [, size, name] = steps.find(([limit]) => Math.abs(value) < limit)
  return `${numeral(size < 1 ? value * Math.round(1 / size) : value / size, decimals)} ${name}`
}

function spans(seconds, decimals = 0) {
  if (seconds === 0) return '0 seconds'
  if (seconds < 0) return `${spans(-seconds, decimals)} ago`
  const first = SPANS.findIndex(([size]) => seconds >= size)
  let rest = seconds * 1000
  return SPANS.slice(first, first + decimals + 1).map(([size, name]) => {
    const count = Math.floor(rest / (size * 1000))
    rest -= count * size * 1000
    return `${count} ${name}${count === 1 ? '' : 's'}`
  }).join(', ')
}

function clock(seconds, days) {
  const whole = days ? Math.floor(seconds / 86_400) : 0
  const parts = [(seconds - whole * 86_400) / 3600, (seconds % 3600) / 60, seconds % 60]
  return (whole ? `${whole} d ` : '') + parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')
}

function free(value, unit, decimals) {
  const [, kind, name] = unit.match(/^(\w+):(.*)$/) ?? [undefined, 'suffix', unit]
  if (kind === 'prefix') return name + numeral(value, decimals)
  if (kind === 'count') return `${stepped(value, decimals, 1000, COUNT, 0)} ${name}`
  if (kind === 'currency') return name + stepped(value, decimals, 1000, COUNT, 0)
  if (kind === 'si') return prefixed(value, decimals, 1000, SI, [name.slice(1), SI.indexOf(name[0]) - SI.indexOf('')])
  return `${numeral(value, decimals)} ${name}`
}

/** The text of a number in a unit, with its decimals where they are set. */
export function written(value, unit = 'none', decimals) {
  if (Number.isNaN(value)) return 'NaN'
  if (unit === 'none' || unit === '') return numeral(value, decimals)
  if (unit === 'short') return stepped(value, decimals, 1000, SHORT, 0)
  if (unit === 'percent') return `${numeral(value, decimals)}%`
  if (unit === 'percentunit') return `${numeral(value * 100, decimals)}%`
  if (SI_UNITS[unit]) return prefixed(value, decimals, 1000, SI, SI_UNITS[unit])
  if (BINARY_UNITS[unit]) return prefixed(value, decimals, 1024, BINARY, BINARY_UNITS[unit])
  if (COUNT_UNITS[unit]) return `${stepped(value, decimals, 1000, COUNT, 0)} ${COUNT_UNITS[unit]}`
  if (CURRENCY[unit]) return CURRENCY[unit] + stepped(value, decimals, 1000, COUNT, 0)
  if (NAMED[unit]) return `${numeral(value, decimals)} ${NAMED[unit]}`
  if (SWITCHES[unit]) return SWITCHES[unit][value ? 0 : 1]
  if (unit === 's') return value === 0 ? '0 s' : duration(value, decimals, SECONDS)
  if (unit === 'ms') return duration(value, decimals, MILLISECONDS)
  if (unit === 'dtdurations') return spans(value, decimals)
  if (unit === 'dthms' || unit === 'dtdhms') return clock(value, unit === 'dtdhms')
  if (unit === 'sci') return value.toExponential(decimals)
  if (unit === 'hex') return Math.round(value).toString(16).toUpperCase()
  return free(value, unit, decimals)
}
