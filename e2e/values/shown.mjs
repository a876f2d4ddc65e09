// What can be read in the panels of a page, by a person or a screen reader.

/** For each panel: its title, what it says instead of a picture, lines of text, labels of pictures, legend and table. */
export function readPanels(page) {
  return page.evaluate(() => {
    const plain = (element) => element.textContent.trim().replace(/\s+/g, ' ')
    const all = (panel, query) => [...panel.querySelectorAll(query)]
    const groups = all(document, '[role=group][aria-label]').filter((group) => group.querySelector('header h2'))
    const legendOf = (panel) => {
      const rows = all(panel, 'table:not([role=region] table) tbody tr').map((row) => all(row, 'td').slice(1).map(plain))
      if (rows.length) return rows
      const items = all(panel, 'li').filter((item) => item.querySelector('button[aria-pressed]'))
      return items.map((item) => all(item, ':scope > span').map((span) => plain(span).replace(/^[^:]*: /, '')))
    }
    return groups.map((panel) => ({
      title: panel.getAttribute('aria-label'),
      message: panel.querySelector('.panel-message')?.textContent ?? '',
      lines: panel.innerText.split(/[\n\t]/).map((line) => line.trim()),
      images: all(panel, '[role=img]').map((image) => image.getAttribute('aria-label') ?? ''),
      legend: legendOf(panel),
      table: {
        head: all(panel, '[role=region] thead th').map(plain),
        rows: all(panel, '[role=region] tbody tr').map((row) => all(row, 'td').map(plain)),
      },
    }))
  })
}
