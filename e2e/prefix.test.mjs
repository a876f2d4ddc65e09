// The pages below a path, as behind a reverse proxy: a browser finds everything and leaves it never.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, browser, freePort, gnomon, until } from './stack.mjs'

let folder, ports, program, chromium
const url = (part, path) => `http://127.0.0.1:${ports[part]}${path}`

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
  const [sensor, api, dashboards] = await Promise.all([freePort(), freePort(), freePort()])
  ports = { api, dashboards }
  const flags = [
    'up', '--simulate', '--scrape-interval=1s', `--storage.tsdb.path=${folder}`,
    `--sensor.listen-address=127.0.0.1:${sensor}`,
    `--web.listen-address=127.0.0.1:${api}`, '--web.external-url=/prom', '--web.page-title=The attic',
    `--dashboard.listen-address=127.0.0.1:${dashboards}`, '--dashboard.external-url=http://box.example/watch/',
  ]
  program = gnomon(flags, { GNOMON_ADMIN_PASSWORD: PASSWORD })
  await until('ready', async () => (await fetch(url('api', '/prom/-/ready'))).ok)
  chromium = await browser()
})

after(async () => {
  await chromium?.close()
  await program?.kill()
  await rm(folder, { recursive: true, force: true })
})

/** A page that notes every address outside of the path, and every error but that of who is not logged in. */
async function open(path) {
  const page = await (await chromium.newContext()).newPage()
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && !message.text().includes('401') && page.problems.push(message.text()))
  page.on('request', (request) => new URL(request.url()).pathname.startsWith(`${path}/`) || page.problems.push(request.url()))
  return page
}

test('the pages of the API keep to their path, by link and by history', async () => {
  const page = await open('/prom')
  await page.goto(url('api', '/prom/targets'))
  await page.getByText('UP').first().waitFor()
  assert.equal(await page.title(), 'Targets – The attic')
  await page.getByRole('link', { name: 'Explore' }).click()
  await page.waitForURL(url('api', '/prom/explore'))
  await page.goBack()
  await page.waitForURL(url('api', '/prom/targets'))
  assert.deepEqual(page.problems, [])
})

test('log-in, dashboard and log-out keep to theirs', async () => {
  const page = await open('/watch')
  await page.goto(url('dashboards', '/watch/'))
  await page.getByLabel('Username').fill('admin')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('link', { name: 'Edge stack' }).click()
  await page.waitForURL(/\/watch\/d\/edge-stack/)
  await page.locator('canvas').first().waitFor()
  const [cookie] = await page.context().cookies()
  assert.equal(cookie.path, '/watch/')
  await page.getByRole('button', { name: 'admin' }).click()
  await page.getByRole('link', { name: 'Log out' }).click()
  await page.getByLabel('Password').waitFor()
  assert.deepEqual(page.problems, [])
})
