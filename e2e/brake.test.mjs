// A machine with little memory, five targets that behave, and one that never stops bringing new series.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { Cgroup, confinable, peakBytes } from './cgroup.mjs'
import { Stack, until } from './stack.mjs'

const LIMIT_BYTES = 128 << 20
const PEAK_BYTES_MAX = 64 << 20
const GOOD_TARGETS = 5
const GOOD_SERIES = 600
const NEW_SERIES_PER_SCRAPE = 20_000
const SCRAPES = 30

/** A target whose body is made for each scrape. */
async function target(body) {
  const served = { scrapes: 0 }
  const server = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/plain; version=0.0.4')
    answer.end(body(served.scrapes++))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(served, { server, address: `127.0.0.1:${server.address().port}` })
}

const lines = (count, line) => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')
const good = (scrape) => lines(GOOD_SERIES, (i) => `good_metric_${i % 20}{device="disk${i}"} ${i % 3 === 0 ? scrape * i : i}`)
// What becomes of a label that holds request ids.
const flood = (scrape) => lines(NEW_SERIES_PER_SCRAPE, (i) => `flood{request="${scrape * NEW_SERIES_PER_SCRAPE + i}"} 1`)
const list = (targets) => targets.map(({ address }) => `'${address}'`).join(', ')

test('good targets are stored whole while one floods the store', { skip: confinable() }, async (t) => {
  const goods = await Promise.all(Array.from({ length: GOOD_TARGETS }, () => target(good)))
  const bad = await target(flood)
  const group = new Cgroup(LIMIT_BYTES)
  let stack
  try {
    stack = await Stack.start({
      via: group.via,
      config: () => `
scrape_configs:
  - { job_name: good, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: [${list(goods)}] }] }
  - { job_name: bad, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: [${list([bad])}] }] }
`,
    })
    // A quarter of the limit, which stands in the group above its own.
    assert.equal(await stack.metric('gnomon_memory_budget_bytes'), LIMIT_BYTES / 4)
    await until('scrapes', () => goods.every(({ scrapes }) => scrapes >= SCRAPES) && bad.scrapes >= SCRAPES, 180_000)

    const refused = `gnomon_origin_series_refused_total{kind="target",scrape_job="bad",address="${bad.address}"}`
    assert.ok((await stack.metric(refused)) > NEW_SERIES_PER_SCRAPE)
    assert.match(stack.program.log, /new series refused.*bad/)
    const status = await (await fetch(stack.url('api', '/api/v1/status/tsdb'))).json()
    assert.match(status.data.refusedSeriesCountByOrigin[0].name, /job="bad"/)
    assert.equal(status.data.refusedSeriesCountByOrigin.length, 1)
    for (const { address, scrapes } of goods) {
      const counts = `count_over_time({instance="${address}",__name__=~"good_metric.*"}[1h])`
      assert.equal(await stack.value(`count(${counts})`), GOOD_SERIES)
      // The last one may be on its way.
      const stored = await stack.value(`min(${counts})`)
      assert.ok(stored >= scrapes - 1, `${stored} of ${scrapes}`)
    }
    const peak = peakBytes(stack.program.process.pid)
    t.diagnostic(`peak ${(peak / 2 ** 20).toFixed(1)} MiB; ${await stack.metric(refused)} series refused`)
    assert.ok(peak <= PEAK_BYTES_MAX, `${peak} bytes`)
  } finally {
    for (const { server } of [...goods, bad]) {
      server.closeAllConnections()
      server.close()
    }
    await stack?.stop()
    group.remove()
  }
})
