// Dashboards from Grafana's provisioning files, in the real binary: where they are listed, what people may change, and
// what becomes of that when a file changes.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, until } from './stack.mjs'

let stack, folder

async function ask(method, path, body) {
  const headers = { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` }
  const answer = await fetch(stack.url('dashboards', path), { method, headers, body: body && JSON.stringify(body) })
  return { status: answer.status, ...(await answer.json()) }
}

const provider = (name, options) => ({ name, type: 'file', ...options, options: { path: join(folder, name) } })
const describe = (providers) => writeFile(join(folder, 'dashboards/all.yaml'), JSON.stringify({ apiVersion: 1, providers }))
const write = (path, dashboard) => writeFile(join(folder, path), JSON.stringify(dashboard))

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
  for (const name of ['dashboards', 'fixed', 'free']) await mkdir(join(folder, name))
  await write('fixed/fan.json', { uid: 'fan', title: 'Fan', version: 3 })
  await write('free/pump.json', { uid: 'pump', title: 'Pump', version: 7 })
  const free = provider('free', { folder: 'House', folderUid: 'house', allowUiUpdates: true })
  await describe([provider('fixed'), free])
  stack = await Stack.start({ flags: [`--dashboard.provisioning=${folder}`] })
})

after(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a file says where its dashboards are and whether people change them', async () => {
  const { meta } = await ask('GET', '/api/dashboards/uid/fan')
  assert.deepEqual([meta.provisioned, meta.canSave, meta.provisionedExternalId], [true, false, 'fan.json'])
  const refused = await ask('POST', '/api/dashboards/db', { dashboard: { uid: 'fan', title: 'Fan', version: 3 } })
  assert.deepEqual([refused.status, refused.message], [400, 'Cannot save provisioned dashboard'])

  const changed = { dashboard: { uid: 'pump', title: 'Pump', version: 7, changed: true }, folderUid: 'house' }
  assert.equal((await ask('POST', '/api/dashboards/db', changed)).version, 8)
  const shown = await ask('GET', '/api/dashboards/uid/pump')
  assert.deepEqual([shown.dashboard.changed, shown.meta.folderTitle], [true, 'House'])
  assert.equal((await ask('DELETE', '/api/dashboards/uid/pump')).message, 'provisioned dashboard cannot be deleted')

  await write('free/pump.json', { uid: 'pump', title: 'New pump' })
  await until('the file again', async () => (await ask('GET', '/api/dashboards/uid/pump')).dashboard.title === 'New pump')
})

test('the files are read anew on demand, and what is wrong is told', async () => {
  await describe([provider('free')])
  const reload = () => ask('POST', '/api/admin/provisioning/dashboards/reload')
  assert.equal((await reload()).message, 'Dashboards config reloaded')
  assert.equal((await ask('GET', '/api/dashboards/uid/fan')).status, 404)
  await describe([{ name: 'free', optoins: {} }])
  const { status, message } = await reload()
  assert.equal(status, 500)
  assert.match(message, /all\.yaml:(.|\n)*did you mean "options"\?/)
})
