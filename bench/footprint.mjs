// The figures of the README: what `gnomon up` takes at a 15 s interval, with the dashboard open and without.
// Usage: make figures   (MINUTES=10 each)
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Stack, browser, logIn, until } from '../e2e/stack.mjs'

const MINUTES = Number(process.env.MINUTES ?? 10)
const TICKS_PER_SECOND = 100
const MIB = 1 << 20

const note = (name, value, unit) => console.log(`${name.padEnd(52)} ${value} ${unit}`)

async function memory(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kb = (key) => Number(rollup.match(new RegExp(`^${key}: +(\\d+)`, 'm'))[1])
  return { pss: (kb('Pss') * 1024) / MIB, anonymous: (kb('Pss_Anon') * 1024) / MIB }
}

async function cpuSeconds(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function watch(stack, name) {
  const { pid } = stack.program.process
  const cpu = await cpuSeconds(pid)
  let most = 0
  for (let second = 0; second < MINUTES * 60; second += 5) {
    await sleep(5_000)
    most = Math.max(most, (await memory(pid)).pss)
  }
  const { pss, anonymous } = await memory(pid)
  note(`PSS after ${MINUTES} min, ${name}`, `${pss.toFixed(2)} (anonymous ${anonymous.toFixed(2)}, most ${most.toFixed(2)})`, 'MiB')
  note(`CPU over ${MINUTES} min, ${name}`, (((await cpuSeconds(pid)) - cpu) / (MINUTES * 0.6)).toFixed(2), '% of a core')
  note(`scrapes that succeeded, ${name}`, 100 * (await stack.value(`avg(avg_over_time(up[${MINUTES}m]))`)), '%')
}

async function firstAnswer(stack) {
  const begin = performance.now()
  await stack.launch()
  await until('an answer', async () => (await stack.value('vector(1)')) === 1)
  return Math.round(performance.now() - begin)
}

async function firstPage(page, stack) {
  const sizes = new Map()
  page.on('response', async (response) => {
    const path = new URL(response.url()).pathname
    if (!path.startsWith('/api') && response.ok()) sizes.set(path, gzipSync(await response.body(), { level: 9 }).length)
  })
  await logIn(page, stack, '/d/edge-stack?refresh=15s')
  await page.locator('canvas').first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => {})
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

async function diskBytes(folder) {
  let sum = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size
  }
  return sum
}

note('binary', ((await stat(process.env.GNOMON)).size / 1e6).toFixed(2), 'MB')

const stack = await Stack.start()
await watch(stack, 'no browser')

const chromium = await browser()
const page = await (await chromium.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
note('first page with its dashboard, gzip', ((await firstPage(page, stack)) / 1e3).toFixed(1), 'kB')
await watch(stack, 'dashboard open')
await chromium.close()

const samples = await stack.value('prometheus_tsdb_head_samples_appended_total')
note('disk, per sample as it stands', ((await diskBytes(stack.data)) / samples).toFixed(2), 'B')

await stack.kill('SIGKILL')
note('from start after kill -9 to the first answered query', await firstAnswer(stack), 'ms')
await stack.kill('SIGTERM')
note('from start to the first answered query', await firstAnswer(stack), 'ms')
await stack.stop()
