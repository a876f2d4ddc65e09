// Dashboards of every kind of panel, and the real ones where they are at hand: all is drawn, nothing fails.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Stack, browser, until } from './stack.mjs'

const OWN = join(import.meta.dirname, 'dashboards')
const SHARED = join(import.meta.dirname, '../../shared/dashboards')
const folders = [OWN, SHARED].filter(existsSync)

let stack, chromium

before(async () => {
  const paths = folders.map((folder) => `--dashboard.path=${folder}`)
  stack = await Stack.start({ flags: ['--scrape-interval=1s', ...paths] })
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

async function openDashboard(uid, options) {
  const page = await chromium.newPage(options)
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()))
  await page.goto(stack.url('api', `/d/${uid}`))
  // What is out of view is not drawn: the window is as tall as the dashboard.
  await page.locator('.panel').first().waitFor()
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width: options.viewport.width, height: Math.min(8000, height + 100) })
  await until('all panels', async () => {
    const bodies = page.locator('.panel-body')
    return (await page.locator('.panel-body:empty').count()) === 0 && (await bodies.count()) > 0
  })
  return page
}

const summaries = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, json: JSON.parse(readFileSync(join(folder, name), 'utf8')) })),
)

for (const { name, json } of summaries) {
  test(`${name} is drawn`, async () => {
    const { title } = json.dashboard ?? json.spec ?? json
    const found = await (await fetch(stack.url('api', `/api/search?query=${encodeURIComponent(title)}`))).json()
    const { uid } = found.find((one) => one.title === title.trim())
    const page = await openDashboard(uid, { viewport: { width: 1440, height: 900 } })
    assert.deepEqual(await page.getByText('which Gnomon does not have').allTextContents(), [])
    assert.deepEqual(page.problems, [])
    await page.close()
  })
}

test('every kind of panel fits a phone', async () => {
  const page = await openDashboard('every-panel', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`)
  assert.deepEqual(page.problems, [])
})
