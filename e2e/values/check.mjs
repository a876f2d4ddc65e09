// Holds what a page shows against what the API answered.
import { anyValues, compare, panelsOf } from './panels.mjs'
import { readPanels } from './shown.mjs'

/** For each panel on the page what was proven of it (`values`, `curves` or `nothing`) and its problems. */
export async function checkValues(page, dashboard) {
  const answers = await page.answers.all()
  const panels = panelsOf(dashboard)
  const unused = new Set(panels)
  return (await readPanels(page)).map((shown) => {
    const named = panels.filter(({ title = '' }) => anyValues(title || 'Panel').test(shown.title))
    // Panels of one title come in their order; repeats of a panel come after they are all used.
    const panel = named.find((one) => unused.has(one)) ?? named[0]
    unused.delete(panel)
    return { title: shown.title, type: panel?.type, ...(panel ? compare(panel, answers, shown) : { proven: 'nothing', problems: [] }) }
  })
}
