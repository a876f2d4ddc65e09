// Plausible series for wanted metrics: each has its labels' values crossed, and a curve that its name suggests.

const SERIES_MAX = 64
const BUCKETS_MAX = 24 * 14
const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.3', '0.5', '1', '1.2', '2.5', '5', '10', '+Inf']
const POOLS = {
  instance: ['edge-1:9100', 'edge-2:9100'],
  cluster: ['home'],
  job: ['edge'],
  namespace: ['default'],
  controller_namespace: ['default'],
  chip_name: ['coretemp'],
  controller_pod: ['pod-1'],
  kubernetes_pod_name: ['pod-1'],
  quantile: ['0.5', '0.9', '0.99'],
  le: BUCKETS,
  device: ['sda', 'eth0'],
  mountpoint: ['/', '/boot'],
  fstype: ['ext4'],
  code: ['200', '404', '500'],
  status: ['200', '404', '500'],
  method: ['GET', 'POST'],
  cpu: ['0', '1'],
  version: ['1.2.3'],
}

/** Fractions of a day's length make curves that differ by series. */
const wave = (seconds, seed) => 0.5 + 0.35 * Math.sin(seconds / (240 + 90 * (seed % 7)) + seed) + 0.1 * Math.sin(seconds / 37 + 3 * seed)

function hash(text) {
  let h = 2166136261
  for (const c of text) h = Math.imul(h ^ c.charCodeAt(0), 16777619)
  return (h >>> 0) % 9973
}

/** What a gauge of this name lies between. */
function scale(name, now) {
  const ranges = [
    [/(^|_)up$|_success$|_healthy|_info$|_enabled$|_ready|_ssl$/, [1, 1]],
    [/expir/, [now + 20 * 86_400, now + 21 * 86_400]],
    [/timestamp|_time_seconds$|boot_time|last_seen|last_.*_seconds$/, [now - 86_400, now - 86_000]],
    [/size_bytes|memtotal|_limit|capacity|total_bytes|_max$/i, [4e9, 4e9]],
    [/avail|free|cached|buffers/i, [1e9, 2e9]],
    [/bytes/i, [2e8, 1.5e9]],
    [/percent/, [5, 90]],
    [/ratio/, [0.05, 0.9]],
    [/celsius|temp/, [38, 61]],
    [/load/, [0.2, 2.4]],
    [/hertz/, [6e8, 1.8e9]],
    [/seconds|duration/, [0.002, 0.4]],
  ]
  return ranges.find(([pattern]) => pattern.test(name))?.[1] ?? [1, 120]
}

/** Counters start with the process and grow unevenly; every series by a pace of its own. */
function counter(name, seed) {
  const pace = /bytes/.test(name) ? 40_000 : /seconds/.test(name) ? 0.12 : 6
  return (seconds) => pace * (1 + (seed % 5)) * (3600 + seconds + 180 * wave(seconds, seed))
}

function curve(name, labels, counts, now) {
  const identity = Object.entries(labels).filter(([label]) => label !== 'le').flat().join('\0')
  const seed = hash(name.replace(/_(bucket|sum|count)$/, '') + identity)
  if (labels.le !== undefined && name.endsWith('_bucket')) {
    const count = counter('', seed)
    const share = labels.le === '+Inf' ? 1 : 1 - Math.exp(-Number(labels.le) / (0.08 + 0.02 * (seed % 9)))
    return (seconds) => Math.floor(count(seconds)) * share
  }
  if (counts || /_(total|count|sum)$/.test(name)) return counter(name.endsWith('_count') ? '' : name, seed)
  const [low, high] = scale(name, now)
  const whole = high - low > 50
  return (seconds) => {
    const value = low + (high - low) * wave(seconds, seed)
    return whole ? Math.round(value) : value
  }
}

function* crossed(pools) {
  if (pools.length === 0) return yield {}
  const [[label, values], ...rest] = pools
  for (const value of values) for (const others of crossed(rest)) yield { [label]: value, ...others }
}

/** Takes values away, of labels that queries name no values of first, until the series are few enough. */
function cut(pools, most) {
  const product = () => pools.reduce((n, [, values]) => n * values.length, 1)
  for (const least of [true, false]) {
    for (const [label, values, named] of pools) {
      if (label === 'le' || named === least) continue
      while (values.length > 1 && product() > most) values.pop()
    }
  }
}

/** Series as `{ labels, at }`: `at` gives the value so many seconds after the start; `now` is in seconds. */
export function* seriesOf(metrics, rated, now) {
  for (const [name, wanted] of metrics) {
    const labels = new Map(wanted)
    for (const label of ['instance', 'job']) if (!labels.has(label)) labels.set(label, new Set())
    if (name.endsWith('_bucket')) labels.set('le', new Set(BUCKETS))
    const pools = [...labels].map(([label, values]) => {
      const pool = POOLS[label] ?? [`${label}-a`, `${label}-b`]
      // Beside the values that some query names there are others, for those that name none.
      // The job that dashboards choose is among those that some name.
      const some = [...(label === 'job' ? pool : []), ...values, ...(values.size < 2 ? pool : [])]
      const all = label === 'le' ? pool : [...new Set(some)]
      return [label, all.slice(0, 12), values.size > 0]
    })
    cut(pools, name.endsWith('_bucket') ? BUCKETS_MAX : SERIES_MAX)
    for (const own of crossed(pools)) {
      yield { labels: { __name__: name, ...own }, at: curve(name, own, rated.has(name), now) }
    }
  }
}
