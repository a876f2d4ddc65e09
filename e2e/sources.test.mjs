// Another server as a data source, in the real browser: added on its page, asked by panels, variables and Explore.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, browser, logIn, until } from './stack.mjs'

const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`
let stack, other, chromium, page

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s'] })
  other = await Stack.start({ flags: ['--scrape-interval=1s'] })
  await until('scrapes', async () => (await stack.value('sum(up)')) === 2 && (await other.value('sum(up)')) === 2)
  chromium = await browser()
  page = await (await chromium.newContext({ viewport: { width: 1300, height: 850 } })).newPage()
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  await logIn(page, stack, '/connections/datasources')
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
  await other?.stop()
})

async function api(path, body) {
  const init = body && { method: 'POST', body: JSON.stringify(body) }
  const headers = { authorization, 'content-type': 'application/json' }
  return await (await fetch(stack.url('dashboards', path), { headers, ...init })).json()
}

test('an admin adds a data source and sees whether it answers', async () => {
  await page.getByText('the store of this server').waitFor()
  await page.getByRole('button', { name: 'Add data source' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Other')
  await page.getByLabel('URL, without /api/v1').fill('http://127.0.0.1:1')
  const save = page.getByRole('button', { name: 'Save & test' })
  await save.click()
  await page.getByText('the data source does not answer').waitFor()
  await page.getByLabel('URL, without /api/v1').fill(other.url('api', ''))
  await save.click()
  await page.getByText('Successfully queried').waitFor()
})

test('a panel and a variable ask the data source that they name', async () => {
  const { uid } = await api('/api/datasources/name/Other')
  const { port } = new URL(other.url('api', ''))
  const panel = { type: 'stat', gridPos: { x: 0, y: 0, w: 8, h: 6 }, options: { textMode: 'name' } }
  const targets = [{ refId: 'A', expr: 'up{job="gnomon"}', instant: true, legendFormat: '{{instance}}' }]
  const dashboard = {
    uid: 'two',
    title: 'Two',
    templating: { list: [{ name: 'ds', type: 'datasource', query: 'prometheus' }] },
    panels: [{ ...panel, id: 1, title: 'On $ds', datasource: { type: 'prometheus', uid: '$ds' }, targets }],
  }
  const saved = await api('/api/dashboards/db', { dashboard })
  assert.equal(saved.status, 'success')
  const asked = page.waitForRequest((request) => request.url().includes(`/api/datasources/proxy/uid/${uid}/api/v1/query?`))
  await page.goto(stack.url('dashboards', `/d/two?var-ds=${uid}`))
  await asked
  await page.getByText('On Other').waitFor()
  await page.getByText(`:${port}`).first().waitFor()
})

test('Explore asks the data source that is chosen', async () => {
  await page.goto(stack.url('dashboards', '/explore?g0.expr=count(up)&g0.tab=table'))
  const source = page.getByLabel('Data source')
  assert.equal(await source.locator('option:checked').textContent(), 'Prometheus')
  const asked = page.waitForRequest((request) => /\/api\/datasources\/proxy\/uid\/[^/]+\/api\/v1\/query\?/.test(request.url()))
  await source.selectOption({ label: 'Other' })
  await asked
  assert.match(page.url(), /g0\.data_source=/)
  assert.deepEqual(page.problems, [])
})
