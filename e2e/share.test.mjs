// A dashboard is shared: as a link, and as a snapshot that others look at without a login.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stack, browser, logIn, until } from './stack.mjs'

let stack, chromium, page, link

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s'] })
  chromium = await browser()
  page = await (await chromium.newContext({ viewport: { width: 1300, height: 900 } })).newPage()
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  await logIn(page, stack, '/d/edge-stack')
  await page.getByText('Target states').waitFor()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

const panel = (on, name) => on.getByRole('group', { name, exact: true })

test('a link has the range and the values of the variables', async () => {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const address = new URL(await page.getByLabel('Link', { exact: true }).inputValue())
  assert.match(address.searchParams.get('from'), /^\d+$/)
  assert.equal(address.searchParams.get('var-job'), '$__all')
  await page.getByLabel('Lock time range').click()
  await page.waitForFunction(() => document.querySelector('[aria-label=Link]').value.includes('from=now-'))
  await page.getByRole('tab', { name: 'Picture' }).click()
  const picture = await page.getByLabel('Picture', { exact: true }).inputValue()
  assert.equal((await page.request.get(picture)).headers()['content-type'], 'image/png')
})

test('a snapshot is seen by whoever has its link, and asks for nothing', async () => {
  await page.getByRole('tab', { name: 'Snapshot' }).click()
  await page.getByRole('button', { name: 'Publish snapshot' }).click()
  link = await page.getByLabel('Link of the snapshot').inputValue()
  const stranger = await (await chromium.newContext()).newPage()
  const asked = []
  stranger.on('request', (request) => /\/api\//.test(request.url()) && asked.push(new URL(request.url()).pathname))
  await stranger.goto(link)
  await panel(stranger, 'Target states').getByText('UP').first().waitFor()
  await panel(stranger, 'Vibration').locator('canvas').waitFor()
  assert.deepEqual(asked.filter((path) => !path.startsWith('/api/snapshots/') && path !== '/api/user'), [])
  assert.equal(await stranger.getByRole('button', { name: 'Edit' }).count(), 0)
})

test('snapshots are listed and deleted', async () => {
  await page.goto(stack.url('dashboards', '/dashboard/snapshots'))
  await page.getByRole('link', { name: 'Edge stack' }).waitFor()
  await page.getByRole('button', { name: 'Delete Edge stack' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No snapshots yet').waitFor()
  await page.goto(link)
  await page.getByText('This snapshot cannot be opened').waitFor()
})
