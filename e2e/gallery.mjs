// Pictures of all dashboards of a folder, filled with an hour of what they ask for: node gallery.mjs FOLDER OUT
import { fill } from './gallery/fill.mjs'
import { VIEWS, open, panels, readDashboards, shoot } from './gallery/shoot.mjs'
import { Stack, browser } from './stack.mjs'

const [folder, out] = process.argv.slice(2)
const stack = await Stack.start({ flags: ['--web.enable-remote-write-receiver', `--dashboard.path=${folder}`] })
const chromium = await browser()
try {
  console.log(`${await fill(stack, readDashboards(folder))} series`)
  for (const { uid, title, url } of await (await fetch(stack.url('api', '/api/search'))).json()) {
    for (const view of VIEWS) {
      const page = await open(chromium, stack.url('api', url), view)
      const shown = await panels(page)
      const messages = shown.filter(({ message }) => message).map((panel) => `${panel.title}: ${panel.message}`)
      console.log([`${title}, ${view.name}: ${shown.length} panels`, ...messages, ...page.problems].join('\n  '))
      await shoot(page, out, `${uid}-${view.name}`)
      await page.close()
    }
  }
} finally {
  await chromium.close()
  await stack.stop()
}
