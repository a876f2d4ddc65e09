// Dashboards of every kind of panel, our own, and the real ones where they are at hand: all is drawn, nothing fails, and
// what is to be read is what the API answered, written as Grafana writes it.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fill } from './gallery/fill.mjs'
import { VIEWS, open, panels, readDashboards } from './gallery/shoot.mjs'
import { Stack, browser } from './stack.mjs'
import { checkValues } from './values/check.mjs'
import { panelsOf } from './values/panels.mjs'

const OWN = join(import.meta.dirname, 'dashboards')
const SHIPPED = join(import.meta.dirname, '../deploy/dashboards')
const SHARED = join(import.meta.dirname, '../../shared/dashboards')
const folders = [OWN, SHIPPED, SHARED].filter(existsSync)
/** Panels that ask for what does not happen here. */
const EMPTY = ['Last Config Failed', 'Other codes over 10m', 'Other codes over 2m']
/** What the dashboard of every kind asks for happens in the stack itself, as it runs. */
const LIVE = 'Every panel'
const [WIDE, , PHONE] = VIEWS

let stack, chromium, hour

before(async () => {
  const paths = folders.filter((folder) => folder !== SHIPPED).map((folder) => `--dashboard.path=${folder}`)
  stack = await Stack.start({ flags: ['--web.enable-remote-write-receiver', ...paths] })
  const end = Math.floor(Date.now() / 1000)
  await fill(stack, folders.flatMap(readDashboards), { end })
  hour = `from=${end - 3600}000&to=${end}000`
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

async function openDashboard(title, view) {
  const found = await (await fetch(stack.url('api', `/api/search?query=${encodeURIComponent(title)}`))).json()
  const { uid } = found.find((one) => one.title === title.trim())
  return await open(chromium, stack.url('api', `/d/${uid}?${title === LIVE ? '' : hour}`), view)
}

for (const folder of folders) {
  for (const dashboard of readDashboards(folder)) {
    test(`${dashboard.title} is drawn, its values are the API's`, async () => {
      const page = await openDashboard(dashboard.title, WIDE)
      assert.deepEqual(await page.getByText('which Gnomon does not have').allTextContents(), [])
      if (folder === SHARED) {
        // A range of a panel's own ends now, and so after the samples.
        const now = panelsOf(dashboard).flatMap(({ title, timeFrom }) => (timeFrom ? [title] : []))
        const messages = (await panels(page)).filter(({ title, message }) => message && ![...EMPTY, ...now].includes(title))
        assert.deepEqual(messages, [])
      }
      const checked = await checkValues(page, dashboard)
      assert.deepEqual(checked.filter(({ problems }) => problems.length > 0), [])
      if (dashboard.title === 'Values') assert.deepEqual(checked.filter(({ proven }) => proven !== 'values'), [])
      assert.deepEqual(page.problems, [])
      await page.close()
    })
  }
}

test('every kind of panel fits a phone, and so does a range with both its ends', async () => {
  for (const title of [LIVE, 'Values']) {
    const page = await openDashboard(title, PHONE)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(overflow <= 0, `the page is ${overflow} px too wide`)
    assert.deepEqual(page.problems, [])
    await page.close()
  }
})
