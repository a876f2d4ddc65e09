// Dashboards made to do harm do none: nothing of theirs runs, nothing hangs, and the others go on.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Stack, browser, until } from './stack.mjs'

const SCRIPT = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
const LINK = 'javascript:window.harmed=1'

const panel = (id, more = {}) => ({
  id,
  type: 'stat',
  title: `Panel ${id}`,
  gridPos: { x: (id % 4) * 6, y: Math.floor(id / 4) * 4, w: 6, h: 4 },
  targets: [{ refId: 'A', expr: 'vector(1)', instant: true }],
  ...more,
})

const markup = {
  uid: 'markup',
  title: SCRIPT,
  description: SCRIPT,
  links: [{ type: 'link', title: SCRIPT, url: LINK }],
  templating: { list: [{ name: 'v', type: 'custom', label: SCRIPT, query: `${SCRIPT},b`, current: { value: SCRIPT } }] },
  annotations: { list: [{ name: SCRIPT, enable: true, expr: 'vector(1)', titleFormat: SCRIPT }] },
  panels: [
    panel(0, { title: SCRIPT, description: `${SCRIPT} [link](${LINK})`, links: [{ title: SCRIPT, url: LINK }] }),
    panel(1, { type: 'text', options: { mode: 'html', content: `${SCRIPT}<a href="${LINK}">a</a><form action="https://example.com"><input></form><svg onload="window.harmed=1">` } }),
    panel(2, { type: 'text', options: { mode: 'markdown', content: `${SCRIPT} [a](${LINK}) ![b](${LINK}) <iframe srcdoc="${SCRIPT}">` } }),
    panel(3, {
      type: 'table',
      targets: [{ refId: 'A', expr: `label_replace(vector(1), "l", ${JSON.stringify(SCRIPT)}, "", "")`, instant: true, format: 'table' }],
      fieldConfig: { defaults: { links: [{ title: SCRIPT, url: LINK }, { title: 'x', url: '${__data.fields.l}' }], unit: SCRIPT }, overrides: [] },
    }),
    panel(4, { type: 'timeseries', targets: [{ refId: 'A', expr: 'vector(1)', legendFormat: SCRIPT }] }),
    panel(5, { type: SCRIPT }),
  ],
}

const variable = (name, query, more = {}) => ({ name, type: 'query', query, refresh: 1, ...more })
const cycles = {
  uid: 'cycles',
  title: 'Cycles',
  templating: {
    list: [
      variable('a', 'label_values(up{job="$b"}, job)'),
      variable('b', 'label_values(up{job="$a"}, job)'),
      variable('self', 'label_values(up{job="$self"}, job)', { includeAll: true, allValue: '$self' }),
      { name: 'pattern', type: 'query', query: 'label_values(up, job)', regex: '/(a+)+$/' },
    ],
  },
  panels: [panel(0, { title: '$a $b $self', repeat: 'self', repeatDirection: 'h', maxPerRow: 1e9 })],
}

const many = { uid: 'many', title: 'Many', panels: Array.from({ length: 10_000 }, (_, id) => panel(id)) }

const odd = {
  uid: 'odd',
  title: 'Odd',
  refresh: '1ns',
  time: { from: 'now-99999999y', to: 'now+1e99d' },
  panels: [
    panel(0, { gridPos: { x: -1e9, y: 1e300, w: 1e9, h: 1e9 } }),
    panel(1, { gridPos: { x: 'a', y: null, w: [], h: {} }, type: 'timeseries', interval: '0s', maxDataPoints: 1e15 }),
    panel(2, { transformations: Array(2_000).fill({ id: 'merge', options: {} }) }),
    panel(3, { fieldConfig: { defaults: { decimals: 1e9, min: 'x', max: {}, thresholds: { steps: Array(10_000).fill({ color: 'x', value: 1 }) } } } }),
    { ...panel(4), panels: [{ ...panel(5), type: 'row', panels: [panel(6)] }] },
  ],
}

let stack, chromium, folder

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-hostile-'))
  for (const dashboard of [markup, cycles, many, odd]) {
    await writeFile(join(folder, `${dashboard.uid}.json`), JSON.stringify(dashboard))
  }
  await writeFile(join(folder, 'huge.json'), `{"title":"Huge","x":"${'x'.repeat(50 << 20)}"}`)
  await writeFile(join(folder, 'deep.json'), `{"title":"Deep","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  stack = await Stack.start({ flags: ['--scrape-interval=1s', `--dashboard.path=${folder}`] })
  await until('the first scrapes', async () => (await stack.query('up == 1')).length === 2)
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Opens a dashboard and waits until the panels in the window are drawn. */
async function open(uid) {
  const page = await chromium.newPage({ viewport: { width: 1440, height: 900 } })
  page.problems = []
  page.hosts = new Set()
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('request', (request) => page.hosts.add(new URL(request.url()).host))
  await page.goto(stack.url('api', `/d/${uid}`))
  await page.locator('.panel-body > *').first().waitFor({ timeout: 60_000 })
  return page
}

test('script in texts, links, labels and types does not run', async () => {
  const page = await open('markup')
  await until('all panels', async () => (await page.locator('.panel-body:empty').count()) === 0)
  for (const hint of await page.locator('.panel-hint').all()) await hint.hover({ force: true })
  for (const link of await page.locator('a[href]').all()) {
    assert.doesNotMatch((await link.getAttribute('href')).trim(), /^(javascript|data|vbscript):/i)
  }
  assert.equal(await page.locator('.panel-body :is(script, iframe, form, object, embed)').count(), 0)
  assert.equal(await page.evaluate(() => window.harmed), undefined)
  assert.deepEqual([...page.hosts], [`127.0.0.1:${stack.ports.api}`])
  assert.deepEqual(page.problems, [])
  await page.close()
})

test('variables in a circle and numbers beyond reason are drawn', async () => {
  for (const uid of ['cycles', 'odd']) {
    const page = await open(uid)
    assert.ok((await page.locator('.panel').count()) > 0)
    assert.deepEqual(page.problems, [])
    await page.close()
  }
})

test('ten thousand panels: those in the window are asked for and drawn', async () => {
  const page = await open('many')
  await page.getByRole('group', { name: 'Panel 0', exact: true }).getByText('1', { exact: true }).waitFor()
  const drawn = await page.locator('.panel-body > *').count()
  assert.ok(drawn < 500, `${drawn} panels were drawn`)
  assert.deepEqual(page.problems, [])
  await page.close()
})

test('a file too large is named, one nested deeply is shown, and the others are listed', async () => {
  const found = await (await fetch(stack.url('api', '/api/search'))).json()
  const titles = found.map(({ title }) => title)
  for (const { title } of [markup, cycles, many, odd, { title: 'Deep' }]) assert.ok(titles.includes(title), title)
  assert.ok(!titles.includes('Huge'))
  await until('it is in the log', () => /huge\.json/.test(stack.program.log))
  const page = await chromium.newPage()
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(stack.url('api', found.find(({ title }) => title === 'Deep').url))
  await page.getByRole('heading', { name: 'Deep' }).waitFor()
  assert.deepEqual(problems, [])
})
