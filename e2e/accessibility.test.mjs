// Every kind of page by the rules of WCAG 2.2 AA that a program can check, in both themes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import axe from 'axe-core'
import { Stack, browser, logIn, until } from './stack.mjs'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const PAGES = {
  list: '/dashboards',
  dashboard: '/d/edge-stack',
  'dashboard being edited': '/d/edge-stack?editPanel=1',
  settings: '/d/edge-stack?editview=settings',
  explore: '/explore',
  targets: '/targets',
  profile: '/profile',
  snapshots: '/dashboard/snapshots',
}

let stack, chromium

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s'] })
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
})

async function violations(page) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), RULES)
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`))
}

for (const colorScheme of ['dark', 'light']) {
  test(`pages in the ${colorScheme} theme`, async (t) => {
    const context = await chromium.newContext({ colorScheme, viewport: { width: 1440, height: 900 }, bypassCSP: true })
    const page = await context.newPage()
    await page.goto(stack.url('dashboards', '/login'))
    await page.getByLabel('Username').waitFor()
    await t.test('login', async () => assert.deepEqual(await violations(page), []))
    await logIn(page, stack)
    // The log-in has a heading too, and is given up by who leaves its page.
    await page.getByRole('navigation', { name: 'Sections' }).waitFor()
    for (const [name, path] of Object.entries(PAGES)) {
      await t.test(name, async () => {
        await page.goto(stack.url('dashboards', path))
        await page.locator('main :is(h1, h2, .panel, .cm-editor)').first().waitFor()
        await page.waitForLoadState('networkidle')
        assert.deepEqual(await violations(page), [])
      })
    }
    await t.test('sharing', async () => {
      await page.goto(stack.url('dashboards', '/d/edge-stack'))
      await page.getByRole('button', { name: 'Share', exact: true }).click()
      for (const name of ['Link', 'Snapshot', 'Picture', 'Export']) {
        await page.getByRole('tab', { name }).click()
        assert.deepEqual(await violations(page), [], name)
      }
      await page.keyboard.press('Escape')
    })
    await t.test('a session that has ended', async () => {
      await context.clearCookies()
      await page.getByRole('button', { name: 'Refresh', exact: true }).click()
      await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
      assert.deepEqual(await violations(page), [])
    })
    await context.close()
  })
}
