// Dashboards of every kind of panel, and the real ones where they are at hand: all is drawn, nothing fails.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fill } from './gallery/fill.mjs'
import { VIEWS, open, panels, readDashboards } from './gallery/shoot.mjs'
import { Stack, browser } from './stack.mjs'

const OWN = join(import.meta.dirname, 'dashboards')
const SHARED = join(import.meta.dirname, '../../shared/dashboards')
const folders = [OWN, SHARED].filter(existsSync)
/** Panels that ask for what does not happen here. */
const EMPTY = ['Last Config Failed', 'Other codes over 10m']
const [WIDE, , PHONE] = VIEWS

let stack, chromium

before(async () => {
  const paths = folders.map((folder) => `--dashboard.path=${folder}`)
  stack = await Stack.start({ flags: ['--web.enable-remote-write-receiver', ...paths] })
  await fill(stack, readDashboards(SHARED))
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

for (const folder of folders) {
  for (const { title } of readDashboards(folder)) {
    test(`${title} is drawn`, async () => {
      const found = await (await fetch(stack.url('api', `/api/search?query=${encodeURIComponent(title)}`))).json()
      const { uid } = found.find((one) => one.title === title.trim())
      const page = await open(chromium, stack.url('api', `/d/${uid}`), WIDE)
      const shown = await panels(page)
      assert.deepEqual(await page.getByText('which Gnomon does not have').allTextContents(), [])
      // The dashboard of every kind asks the stack, which has no history yet.
      const messages = folder === OWN ? [] : shown.filter(({ title, message }) => message && !EMPTY.includes(title))
      assert.deepEqual(messages, [])
      assert.deepEqual(page.problems, [])
      await page.close()
    })
  }
}

test('every kind of panel fits a phone', async () => {
  const page = await open(chromium, stack.url('api', '/d/every-panel'), PHONE)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`)
  assert.deepEqual(page.problems, [])
})
