// Opens dashboards at several widths and themes, says what each panel shows, and keeps pictures of them.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../stack.mjs'
import { recordAnswers } from '../values/answers.mjs'

export const VIEWS = [
  { name: 'wide-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { name: 'wide-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
]
/** Chromium draws no window that is much taller. */
const HEIGHT_MAX = 8_000

/** The dashboards of a folder, without what wraps them. */
export function readDashboards(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  return files.map(read).map((json) => json.dashboard ?? json.spec ?? json)
}

/** Opens a dashboard with all rows open; `page.problems` collects what the browser complains about, `page.answers` what queries gave. */
export async function open(chromium, address, { viewport, colorScheme }) {
  const page = await chromium.newPage({ viewport, colorScheme })
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()))
  page.on('response', (answer) => answer.status() >= 400 && page.problems.push(`${answer.status()} ${answer.url()}`))
  page.answers = recordAnswers(page)
  await page.goto(address)
  await page.locator('.panel').first().waitFor()
  const closed = page.locator('.row-head [aria-expanded=false]')
  while ((await closed.count()) > 0) await closed.first().click()
  // What is out of view is not drawn: the window is as tall as the dashboard, or goes down it.
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  const window = Math.min(HEIGHT_MAX, height + 100)
  await page.setViewportSize({ width: viewport.width, height: window })
  for (let top = 0; top < height; top += window) {
    await page.evaluate((y) => scrollTo(0, y), top)
    await until('all panels', () => page.evaluate(allDrawn), 60_000)
  }
  return page
}

/** Whether no panel in the window is still to be drawn; runs in the page. */
function allDrawn() {
  const waiting = [...document.querySelectorAll('.panel-body:empty, .panel-loading')]
  return waiting.every((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return bottom < 0 || top > innerHeight
  })
}

/** What is to be read in each panel. */
export function panels(page) {
  return page.locator('.panel').evaluateAll((all) =>
    all.map((panel) => ({
      title: panel.getAttribute('aria-label'),
      message: panel.querySelector('.panel-message')?.textContent ?? '',
    })),
  )
}

export async function shoot(page, folder, name) {
  await mkdir(folder, { recursive: true })
  await page.evaluate(() => scrollTo(0, 0))
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
