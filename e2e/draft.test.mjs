// Changes that nobody saved outlive the end of a session and of the page; repeats are drawn while they are edited.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, browser, logIn } from './stack.mjs'

let stack, chromium, folder, page

const panel = (id, title, more) => ({ id, type: 'text', title, gridPos: { x: 0, y: id, w: 12, h: 4 }, options: { content: title }, ...more })

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-dashboards-'))
  const list = [{ name: 'host', type: 'custom', query: 'attic,cellar', multi: true, includeAll: true, current: { value: ['$__all'] } }]
  const repeats = { uid: 'repeats', title: 'Repeats', templating: { list }, panels: [panel(1, 'At $host', { repeat: 'host' }), panel(2, 'Below')] }
  await writeFile(join(folder, 'repeats.json'), JSON.stringify(repeats))
  stack = await Stack.start({ flags: [`--dashboard.path=${folder}`] })
  chromium = await browser()
  page = await (await chromium.newContext({ viewport: { width: 1200, height: 800 } })).newPage()
  page.on('dialog', (dialog) => dialog.accept())
  await logIn(page, stack, '/d/repeats')
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const button = (name) => page.getByRole('button', { name, exact: true })
const group = (name) => page.getByRole('group', { name, exact: true })

test('what repeats is drawn for each value, and changes with its original', async () => {
  await button('Edit').click()
  await button('Settings').waitFor()
  for (const name of ['At attic', 'At cellar', 'Below']) await group(name).waitFor()
  assert.equal(await page.getByRole('button', { name: /^Resize/ }).count(), 2)
  const [attic, cellar] = await Promise.all(['At attic', 'At cellar'].map((name) => group(name).boundingBox()))
  assert.equal(attic.y, cellar.y)
  await group('Below').hover()
  await group('Below').getByRole('button', { name: 'Remove Below' }).click()
  await group('Below').waitFor({ state: 'detached' })
})

test('a session that ends is begun again over the page, with its changes', async () => {
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Refresh', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  assert.equal(await dialog.getByLabel('Username').inputValue(), 'admin')
  await dialog.getByLabel('Password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Log in' }).click()
  await dialog.waitFor({ state: 'detached' })
  await button('Undo').click()
  await group('Below').waitFor()
  await button('Redo').click()
  await group('Below').waitFor({ state: 'detached' })
})

test('a page that is loaded anew offers what was not saved', async () => {
  await page.waitForFunction(() => window.localStorage.getItem('gnomon.drafts'))
  await page.reload()
  await page.getByText('You have unsaved changes to this dashboard').waitFor()
  await group('Below').waitFor()
  await button('Restore').click()
  await group('Below').waitFor({ state: 'detached' })
  await button('Discard').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await group('Below').waitFor()
  await page.reload()
  await group('Below').waitFor()
  assert.equal(await page.getByText('You have unsaved changes').count(), 0)
})
