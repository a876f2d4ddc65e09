// A person with a browser: logs in, sees the dashboard move, sees what a target's state is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, browser, logIn, until } from './stack.mjs'

let stack, chromium

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s'] })
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

/** A page that fails the test on any error in the console and on any request to another host. */
async function openPage(options) {
  const context = await chromium.newContext(options)
  const page = await context.newPage()
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') page.problems.push(`asked ${request.url()}`)
  })
  return page
}

test('the dashboard of the stack shows curves that move', async () => {
  const page = await openPage({ viewport: { width: 1440, height: 900 } })
  await logIn(page, stack, '/d/edge-stack?from=now-1m&to=now&refresh=1s')
  await page.getByText('Edge stack').first().waitFor()
  const picture = await until('a chart', async () => {
    const canvas = page.locator('canvas').first()
    return (await canvas.isVisible()) && (await canvas.screenshot())
  })
  await until('the chart to move', async () => {
    const now = await page.locator('canvas').first().screenshot()
    return !now.equals(picture)
  })
  // Before the log-in the page asks who it is, and a 401 is the answer.
  assert.deepEqual(page.problems.filter((problem) => !problem.includes('401')), [])
})

test('without the password nobody sees anything', async () => {
  const page = await openPage()
  await page.goto(stack.url('dashboards', '/d/edge-stack'))
  await page.getByLabel('Username').fill('admin')
  await page.getByLabel('Password').fill(PASSWORD + '!')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByText('Invalid username or password').waitFor()
  const answer = await fetch(stack.url('dashboards', '/api/v1/query?query=up'))
  assert.equal(answer.status, 401)
})

test('the targets page says UP', async () => {
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  const page = await openPage({ viewport: { width: 360, height: 740 } })
  await page.goto(stack.url('api', '/targets'))
  await until('two targets', async () => (await page.getByText('UP', { exact: true }).count()) >= 2)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide for a phone`)
  assert.deepEqual(page.problems, [])
})

test('a query typed into the page at /query is completed, explained and answered', async () => {
  const page = await openPage()
  await page.goto(stack.url('api', '/query'))
  const editor = page.getByRole('textbox', { name: 'Expression' })
  await editor.pressSequentially('rate(sensor_failed')
  await page.getByText('sensor_failed_events_total').first().waitFor()
  await editor.fill('rate(sensor_failed_events_total{reason="cpu_spike"}[1m])')
  await page.keyboard.press('Control+Enter')
  await page.getByText('cpu_spike', { exact: false }).nth(1).waitFor()
  await page.locator('.cm-line span', { hasText: 'rate' }).first().hover()
  await page.getByText('rate(range-vector)').waitFor()
  await page.getByRole('tab', { name: 'Explain' }).click()
  await page.getByText('range selector').waitFor()
  assert.deepEqual(page.problems, [])
  await editor.fill('sum(')
  await page.keyboard.press('Control+Enter')
  await page.getByText('parse error').first().waitFor()
})
