// What dashboards cost: bytes, time to the last panel, frames while zooming, memory of the server.
// Usage: make pages [DASHBOARDS=folder]   The largest dashboard of the folder is opened, filled with an hour of data.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fill } from '../e2e/gallery/fill.mjs'
import { readDashboards } from '../e2e/gallery/shoot.mjs'
import { Stack, browser } from '../e2e/stack.mjs'

const folder = process.argv[2]
const NETWORKS = {
  loopback: undefined,
  // What browsers' own tools call 3G.
  '3G': { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 },
}
const VIEW = { width: 1440, height: 900 }

const note = (name, value, unit) => console.log(`${name.padEnd(64)} ${value} ${unit}`)

const panelsOf = (dashboard) => (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])])
const dashboards = readDashboards(folder)
const [largest] = dashboards.toSorted((a, b) => panelsOf(b).length - panelsOf(a).length)

const stack = await Stack.start({ flags: ['--web.enable-remote-write-receiver', `--dashboard.path=${folder}`] })
note('series with an hour of samples', await fill(stack, dashboards), '')
const listed = await (await fetch(stack.url('api', '/api/search'))).json()
const { url } = listed.find(({ title }) => title === largest.title.trim())
const chromium = await browser()

async function resident() {
  const status = await readFile(`/proc/${stack.program.process.pid}/status`, 'utf8')
  return Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024
}

/** A page in a browser that is slowed down; counts what its requests bring, compressed as the server sends them. */
async function newPage({ network, slowed = 1, context: given } = {}) {
  const context = given ?? (await chromium.newContext({ viewport: VIEW }))
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  if (network) await session.send('Network.emulateNetworkConditions', network)
  if (slowed > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slowed })
  page.received = { requests: 0, bytes: 0 }
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    page.received.requests += 1
    page.received.bytes += encodedDataLength
  })
  page.done = () => context.close()
  return page
}

/** Whether all panels in the window are drawn; runs in the page. */
function drawn() {
  const waiting = [...document.querySelectorAll('.panel-body:empty, .panel-loading')]
  const inWindow = ({ top, bottom }) => bottom >= 0 && top <= innerHeight
  return document.querySelector('.panel') && waiting.every((element) => !inWindow(element.getBoundingClientRect()))
}

/** Milliseconds from navigation until everything in the window is drawn. */
async function timeToLastPanel(page, address) {
  const begin = performance.now()
  await page.goto(stack.url('api', address), { waitUntil: 'commit' })
  await page.waitForFunction(drawn, undefined, { polling: 'raf', timeout: 120_000 })
  return performance.now() - begin
}

for (const [name, network] of Object.entries(NETWORKS)) {
  for (const slowed of [1, 4]) {
    const page = await newPage({ network, slowed })
    const first = timeToLastPanel(page, url)
    await page.locator('.panel-body canvas, .panel-body svg').first().waitFor({ timeout: 120_000 })
    const { bytes } = page.received
    note(`${largest.title}: all in the window drawn, ${name}, CPU / ${slowed}`, Math.round(await first), 'ms')
    if (network) note('  received when the first panel is drawn', (bytes / 1e3).toFixed(0), 'kB')
    const again = await newPage({ network, slowed, context: page.context() })
    note('  the same in a browser that was there before', Math.round(await timeToLastPanel(again, url)), 'ms')
    await page.done()
  }
}

{
  const page = await newPage()
  await page.setViewportSize({ width: VIEW.width, height: 900 })
  await timeToLastPanel(page, url)
  const closed = page.locator('.row-head [aria-expanded=false]')
  while ((await closed.count()) > 0) await closed.first().click()
  const begin = performance.now()
  await page.setViewportSize({ width: VIEW.width, height: 24_000 })
  await page.waitForFunction(drawn, undefined, { polling: 'raf', timeout: 120_000 })
  note(`${largest.title}: all ${await page.locator('.panel').count()} panels at once`, Math.round(performance.now() - begin), 'ms')
  await page.done()
}

/** Lengths of the frames while something happens, ms. */
async function frames(page, what) {
  await page.evaluate(() => {
    window.frames_ = []
    let last = performance.now()
    const tick = (now) => {
      window.frames_.push(now - last)
      last = now
      window.ticking = requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  await what()
  const lengths = await page.evaluate(() => (cancelAnimationFrame(window.ticking), window.frames_))
  return lengths.sort((a, b) => a - b)
}

{
  const page = await newPage()
  await timeToLastPanel(page, url)
  const over = page.locator('.panel .u-over').last()
  await over.scrollIntoViewIfNeeded()
  const box = await over.boundingBox()
  const lengths = await frames(page, async () => {
    await page.mouse.move(box.x + 20, box.y + 30)
    await page.mouse.down()
    for (let x = 20; x < box.width - 20; x += 4) await page.mouse.move(box.x + x, box.y + 30)
    await page.mouse.up()
    await sleep(500)
    await page.waitForFunction(drawn)
  })
  const at = (share) => lengths[Math.floor((lengths.length - 1) * share)].toFixed(1)
  note('frames while zooming, half / 95 % / longest', `${at(0.5)} / ${at(0.95)} / ${at(1)}`, 'ms')
  await page.done()
}

{
  const before = await resident()
  const pages = []
  for (let i = 0; i < 10; i++) {
    const page = await newPage()
    await timeToLastPanel(page, `${url}?refresh=5s&from=now-1h`)
    pages.push(page)
  }
  const start = pages.map(({ received }) => ({ ...received }))
  let most = 0
  for (let i = 0; i < 30; i++) {
    await sleep(1_000)
    most = Math.max(most, await resident())
  }
  const sum = (of) => pages.reduce((total, page, i) => total + page.received[of] - start[i][of], 0)
  const refreshes = 10 * (30 / 5)
  note('memory added by ten pages that refresh each 5 s, at most', (most - before).toFixed(1), 'MiB')
  note('requests of a refresh', (sum('requests') / refreshes).toFixed(1), '')
  note('bytes of a refresh', (sum('bytes') / refreshes / 1e3).toFixed(1), 'kB')
  for (const page of pages) await page.done()
}

await chromium.close()
await stack.stop()
