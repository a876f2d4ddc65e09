// kill -9 while it scrapes, takes remote write, flushes and merges: at random moments, and as soon as a flush or a
// merge begins. ROUNDS says how often (`make torture`: 200), SEED from which seed on.
import assert from 'node:assert/strict'
import { readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Stack } from './stack.mjs'
import { request, send } from './write.mjs'

const ROUNDS = Number(process.env.ROUNDS ?? 10)
const SERIES = 200
// Far more than it takes, and no more than a busy machine needs.
const READY_MS_MAX = 20_000
const flags = [
  '--scrape-interval=200ms',
  '--storage.wal-sync-interval=500ms',
  '--storage.tsdb.min-block-duration=1s',
  '--web.enable-remote-write-receiver',
]

let stack
let state = Number(process.env.SEED ?? Date.now() % 1_000_000)
const random = (below) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return (state / 2 ** 32) * below
}
/** Timestamps of requests that were sent, and of those that were acknowledged. */
const sent = new Set()
const acknowledged = new Set()
const figures = { flush: 0, merge: 0, merged: 0, longestReadyMs: 0 }

before(async () => {
  stack = await Stack.start({ flags })
})
after(() => stack?.stop())

const files = () => readdirSync(stack.folder)

/** Temporary files, each with when it was made: the next flush may use the name of one that a kill left. */
function unfinished() {
  const made = (name) => statSync(join(stack.folder, name), { throwIfNoEntry: false })?.birthtimeMs
  return files().filter((name) => name.endsWith('.tmp')).map((name) => `${name} of ${made(name)}`)
}

/** Resolves when a flush or a merge has begun its file. */
function begun(kind) {
  const pattern = kind === 'merge' ? /-[1-9]\d*\.part\.tmp$/ : /-0\.part\.tmp$/
  return new Promise((resolve) => {
    const watcher = watch(stack.folder, (_, name) => {
      if (!pattern.test(name)) return
      watcher.close()
      resolve()
    })
    stack.program.process.once('exit', () => watcher.close())
  })
}

/** Writes for as long as it is answered. */
async function write() {
  for (let time = 0; stack.program.process.signalCode === null; ) {
    time = Math.max(time + 1, Date.now())
    sent.add(time)
    const status = await send(stack, request('written', SERIES, time, time % 1000)).catch(() => 0)
    if (status === 204) acknowledged.add(time)
  }
}

/** Notes what queries have seen of the scrapes, and by how many syncs of the log; what two syncs followed is safe. */
async function look(seen) {
  while (stack.program.process.signalCode === null) {
    try {
      const [series] = await stack.query('up{job="sensor"}[1d]')
      const times = series.values.map(([time]) => time)
      seen.push({ times, syncs: await stack.metric('gnomon_wal_syncs_total') })
      figures.merging = await stack.metric('gnomon_parts_merged_total')
    } catch {
      // Killed meanwhile.
    }
    await sleep(50)
  }
}

async function round(at) {
  const seen = []
  const work = [write(), look(seen)]
  const kind = ['moment', 'flush', 'merge'][at % 3]
  const moment = sleep(kind === 'moment' ? 300 + random(2500) : 12_000)
  await (kind === 'moment' ? moment : Promise.race([begun(kind), moment]))
  await sleep(random(4))
  await stack.kill('SIGKILL')
  await Promise.all(work)
  figures.merged += figures.merging ?? 0
  const left = unfinished()
  figures.flush += Number(left.some((name) => name.includes('-0.part')))
  figures.merge += Number(left.some((name) => /-[1-9]\d*\.part/.test(name)))

  const start = Date.now()
  await stack.launch()
  const readyMs = Date.now() - start
  figures.longestReadyMs = Math.max(figures.longestReadyMs, readyMs)
  assert.ok(readyMs < READY_MS_MAX, `ready after ${readyMs} ms`)
  assert.deepEqual(unfinished().filter((name) => left.includes(name)), [])
  await check(seen)
}

async function check(seen) {
  assert.deepEqual(files().filter((name) => name.endsWith('.damaged')), [])
  assert.equal(await stack.metric('prometheus_tsdb_wal_corruptions_total'), 0)
  assert.equal(await stack.metric('gnomon_files_set_aside'), 0)
  const lastSyncs = seen.at(-1)?.syncs ?? 0
  const safe = seen.findLast(({ syncs }) => syncs + 2 <= lastSyncs)?.times ?? []
  const scraped = new Set((await stack.query('up{job="sensor"}[1d]'))[0]?.values.map(([time]) => time))
  assert.deepEqual(safe.filter((time) => !scraped.has(time)), [], 'scrapes that were synced')
  const times = (await stack.query('written{i="7"}[1d]'))[0]?.values.map(([time]) => Math.round(time * 1000)) ?? []
  const found = new Set(times)
  assert.deepEqual([...acknowledged].filter((time) => !found.has(time)), [], 'writes that were acknowledged')
  assert.deepEqual(times.filter((time) => !sent.has(time)), [], 'writes that were never sent')
  const count = await stack.value('sum(count_over_time(written[1d]))')
  assert.ok(count >= acknowledged.size * SERIES && count <= sent.size * SERIES, `${count} of ${acknowledged.size}`)
}

test(`${ROUNDS} kills lose nothing that was promised`, async (t) => {
  t.diagnostic(`SEED=${state}`)
  for (let at = 0; at < ROUNDS; at++) await round(at)
  t.diagnostic(
    `${acknowledged.size} requests acknowledged; killed during ${figures.flush} flushes and ${figures.merge} merges, ` +
      `after ${figures.merged} merges in all; ready after ${figures.longestReadyMs} ms at most`,
  )
  assert.ok(figures.flush > 0)
})
