// An editor with a browser: makes a dashboard, saves it, comes back to it, restores what it was before.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, browser, logIn, until } from './stack.mjs'

let stack, chromium, folder, page

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-dashboards-'))
  await writeFile(
    join(folder, 'filed.json'),
    JSON.stringify({ uid: 'filed', title: 'In a file', unknown: 1, rows: [{ panels: [{ id: 1, type: 'graph', title: 'Old', span: 6 }] }] }),
  )
  stack = await Stack.start({ flags: ['--scrape-interval=1s', `--dashboard.path=${folder}`] })
  chromium = await browser()
  page = await (await chromium.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()))
  page.on('dialog', (dialog) => dialog.accept())
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  await logIn(page, stack, '/dashboards')
  await page.getByRole('link', { name: 'New' }).waitFor()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`

/** Grafana's API, as a program uses it. */
async function api(path, body) {
  const init = body && { method: 'POST', body: JSON.stringify(body) }
  const headers = { authorization, 'content-type': 'application/json' }
  const answer = await fetch(stack.url('dashboards', path), { headers, ...init })
  return await answer.json()
}

const button = (name) => page.getByRole('button', { name, exact: true })
const panel = (name) => page.getByRole('group', { name, exact: true })
const uid = () => /\/d\/([^/?]+)/.exec(page.url())?.[1]

async function edit() {
  await button('Edit').click()
  await button('Settings').waitFor()
}

async function save(message) {
  await button('Save').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Message').fill(message)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

test('a dashboard is made: a panel with a query, an option, a place', async () => {
  await page.goto(stack.url('dashboards', '/dashboard/new?from=now-5m&to=now'))
  await page.getByRole('button', { name: 'Visualization' }).first().click()
  await page.getByLabel('Title').fill('Targets up')
  await page.locator('.cm-content').fill('sum(up)')
  await page.locator('.cm-content').press('Enter')
  await page.getByRole('radio', { name: 'Instant' }).click()
  await page.getByRole('button', { name: 'Visualization: Time series' }).click()
  await page.getByRole('button', { name: 'Stat Large values with a sparkline' }).click()
  await panel('Targets up').getByText('2', { exact: true }).waitFor()
  await button('Back to dashboard').click()
  await button('Move Targets up').press('ArrowRight')
  const corner = await button('Resize Targets up').boundingBox()
  await page.mouse.move(corner.x + 9, corner.y + 9)
  await page.mouse.down()
  await page.mouse.move(corner.x + 9, corner.y + 9 + 38, { steps: 3 })
  await page.mouse.up()
  await button('Save').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title').fill('Made by hand')
  await dialog.getByLabel('Save current time range as dashboard default').check()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await until('the address of the dashboard', uid)
  const { dashboard, meta } = await api(`/api/dashboards/uid/${uid()}`)
  assert.equal(meta.version, 1)
  assert.deepEqual([dashboard.title, dashboard.time], ['Made by hand', { from: 'now-5m', to: 'now' }])
  const [made] = dashboard.panels
  assert.deepEqual([made.type, made.targets[0].expr, made.gridPos], ['stat', 'sum(up)', { x: 1, y: 0, w: 12, h: 9 }])
})

test('it is there after a reload, changed, and restored', async () => {
  await page.reload()
  await panel('Targets up').getByText('2', { exact: true }).waitFor()
  await edit()
  await panel('Targets up').hover()
  await button('Remove Targets up').click()
  await save('nothing left')
  assert.equal((await api(`/api/dashboards/uid/${uid()}`)).dashboard.panels.length, 0)
  await button('Settings').click()
  await button('Versions').click()
  await page.getByRole('cell', { name: 'nothing left' }).waitFor()
  await page.getByLabel('Compare version 1').check()
  await page.getByLabel('Compare version 2').check()
  await button('Compare versions').click()
  await page.getByRole('region', { name: 'Differences' }).getByText('Targets up').first().waitFor()
  await button('Restore').click()
  await button('Yes, restore to version 1').click()
  await page.getByRole('cell', { name: '3', exact: true }).waitFor()
  await button('Back to dashboard').click()
  await panel('Targets up').waitFor()
  assert.equal((await api(`/api/dashboards/uid/${uid()}`)).dashboard.panels[0].title, 'Targets up')
})

test('who saves over the work of somebody else is asked first', async () => {
  const { dashboard } = await api(`/api/dashboards/uid/${uid()}`)
  await api('/api/dashboards/db', { dashboard: { ...dashboard, description: 'theirs' } })
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await button('Row').click()
  await button('Save').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.getByText('Someone else has updated this dashboard').waitFor()
  await dialog.getByRole('button', { name: 'Save and overwrite' }).click()
  await dialog.waitFor({ state: 'detached' })
  const after = await api(`/api/dashboards/uid/${uid()}`)
  assert.deepEqual([after.dashboard.panels[0].type, after.dashboard.description], ['row', ''])
})

test('unsaved changes are asked about before they are left', async () => {
  await button('Add').click()
  await button('Row').click()
  await page.getByRole('link', { name: 'Explore' }).first().click()
  await page.getByRole('dialog', { name: 'Unsaved changes' }).getByRole('button', { name: 'Discard' }).click()
  await until('the page of Explore', () => page.url().includes('/explore'))
})

test('a dashboard in a file says why it cannot be saved, and becomes a copy that has lost nothing', async () => {
  await page.goto(stack.url('dashboards', '/d/filed'))
  await edit()
  await button('Move Old').press('ArrowRight')
  await button('Save').click()
  await page.getByText('It stands in a file').waitFor()
  await button('Save as copy').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await until('the copy', () => uid() !== 'filed' && uid())
  const { dashboard } = await api(`/api/dashboards/uid/${uid()}`)
  assert.deepEqual([dashboard.title, dashboard.unknown, dashboard.panels[0].type], ['In a file Copy', 1, 'graph'])
  assert.deepEqual(dashboard.panels[0].gridPos, { x: 1, y: 0, w: 12, h: 7 })
})

test('an import asks for data sources and constants', async () => {
  await page.goto(stack.url('dashboards', '/dashboard/import'))
  const source = { type: 'datasource', pluginId: 'prometheus', name: 'DS_PROM', label: 'Prom' }
  const constant = { type: 'constant', name: 'VAR_WHERE', label: 'Where', value: 'here' }
  const panels = [{ id: 1, type: 'text', title: '${VAR_WHERE}', datasource: { uid: '${DS_PROM}' }, gridPos: { x: 0, y: 0, w: 6, h: 4 } }]
  const shared = { __inputs: [source, constant], title: 'From elsewhere', panels }
  await page.getByLabel('Import via dashboard JSON model').fill(JSON.stringify(shared))
  await button('Load').click()
  await page.getByLabel('Where').fill('there')
  await button('Import').click()
  await panel('there').waitFor()
  const { dashboard } = await api(`/api/dashboards/uid/${uid()}`)
  assert.deepEqual([dashboard.panels[0].datasource.uid, dashboard.__inputs], ['prometheus', undefined])
})

test('a V2 resource is edited and stays one', async () => {
  const element = { kind: 'Panel', spec: { id: 1, title: 'Words', ours: 1, vizConfig: { kind: 'VizConfig', group: 'text', spec: { options: { content: 'x' } } } } }
  const item = { kind: 'AutoGridLayoutItem', spec: { element: { kind: 'ElementReference', name: 'words' } } }
  const layout = { kind: 'AutoGridLayout', spec: { items: [item] } }
  const spec = { title: 'Two', elements: { words: element }, layout, variables: [] }
  const made = await api('/api/dashboards/db', { dashboard: { apiVersion: 'dashboard.grafana.app/v2beta1', kind: 'Dashboard', metadata: { name: 'v2' }, spec } })
  assert.equal(made.uid, 'v2')
  await page.goto(stack.url('dashboards', '/d/v2?editview=settings'))
  await page.getByLabel('Title').fill('Three')
  await save('renamed')
  const { dashboard, meta } = await api('/api/dashboards/uid/v2')
  assert.deepEqual([meta.version, dashboard.metadata.name, dashboard.spec.title], [2, 'v2', 'Three'])
  assert.deepEqual([dashboard.spec.elements, dashboard.spec.layout], [{ words: element }, layout])
  await page.goto(stack.url('dashboards', '/d/v2'))
  await edit()
  await button('Add').click()
  await button('Row').click()
  await button('Save').click()
  await page.getByRole('dialog').getByText('automatic places').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await button('Discard').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
})

test('who may only look sees nothing to edit with', async () => {
  const viewer = await chromium.newPage()
  await viewer.goto(stack.url('api', '/d/v2'))
  await viewer.getByRole('group', { name: 'Words', exact: true }).waitFor()
  assert.equal(await viewer.getByRole('button', { name: 'Edit', exact: true }).count(), 0)
  await viewer.goto(stack.url('api', '/dashboard/import'))
  await viewer.getByText('There is no such page').waitFor()
})

test('no error was left in the console', () => {
  // The first question who is there, and the save that was too late, are answered with 401 and 412.
  assert.deepEqual(page.problems.filter((problem) => !/\b(401|412)\b/.test(problem)), [])
})
