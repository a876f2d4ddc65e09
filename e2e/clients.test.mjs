// Programs that people have for Prometheus, against the real binary. Each test is skipped where its program is not
// there: `make clients` brings them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { PASSWORD, Program, Stack, freePort, until } from './stack.mjs'

const peer = (name) => join(process.env.GNOMON_PEERS ?? '', name)
const python = process.env.GNOMON_PYTHON ?? ''
const manager = join(dirname(python), 'grafana-dashboard-manager')
const backup = join(dirname(python), '..', '..', 'clients-backup', 'bin', 'grafana-backup')
const need = (...programs) => ({ skip: programs.every((path) => existsSync(path)) ? false : 'not installed' })
const execute = promisify(execFile)
const programs = []
let stack, folder, url

/** What a program prints; fails when it fails. */
async function run(program, ...args) {
  const { stdout, stderr } = await execute(program, args, { cwd: folder, timeout: 60_000 })
  return stdout + stderr
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
  stack = await Stack.start({ flags: ['--scrape-interval=1s', '--web.enable-remote-write-receiver'] })
  url = stack.url('api', '')
  await until('both targets', async () => (await stack.value('sum(up)')) === 2)
})

after(async () => {
  await Promise.all(programs.map((program) => program.kill('SIGKILL')))
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('promtool queries, checks and pushes', need(peer('promtool')), async () => {
  const promtool = (...args) => run(peer('promtool'), ...args)
  const now = Math.floor(Date.now() / 1000)
  assert.match(await promtool('query', 'instant', url, 'sum(up)'), /^\{\} => 2 @\[[\d.]+\]/)
  const range = [`--start=${now - 2}`, `--end=${now}`, '--step=1s']
  assert.match(await promtool('query', 'range', ...range, url, 'vector(7)'), /\{\} =>\n(7 @\[\d+\]\n){3}/)
  assert.match(await promtool('query', 'series', '--match=up', url), /\{__name__="up", .*job="sensor"\}/)
  assert.equal(await promtool('query', 'labels', url, 'job'), 'gnomon\nsensor\n')
  const histogram = ['--type=histogram', '--match=prometheus_http_request_duration_seconds_bucket']
  await until('a histogram of requests', async () => {
    const analyzed = await promtool('query', 'analyze', `--server=${url}`, ...histogram, '--duration=5m')
    return /handler="\/api\/v1\/query"/.test(analyzed)
  })
  assert.match(await promtool('check', 'healthy', `--url=${url}`), /SUCCESS/)
  assert.match(await promtool('check', 'ready', `--url=${url}`), /SUCCESS/)
  assert.match(await promtool('debug', 'metrics', url), /debug\.tar\.gz/)
  await assert.rejects(promtool('query', 'instant', url, 'sum('), /parse error/)

  await writeFile(join(folder, 'pushed.txt'), '# TYPE pushed gauge\npushed{a="b"} 42\n')
  assert.match(await promtool('push', 'metrics', `${url}/api/v1/write`, 'pushed.txt', '--label=x=y'), /SUCCESS/)
  assert.equal(await stack.value('pushed{a="b",x="y"}'), 42)
})

test('vmctl copies everything by remote read', need(peer('vmctl'), peer('victoria-metrics')), async () => {
  const port = await freePort()
  const target = `http://127.0.0.1:${port}`
  const flags = [`-storageDataPath=${join(folder, 'vm')}`, `-httpListenAddr=127.0.0.1:${port}`]
  programs.push(new Program(peer('victoria-metrics'), [...flags, '-search.latencyOffset=0s']))
  await until('VictoriaMetrics', async () => (await fetch(`${target}/health`)).ok)
  const at = Math.floor(Date.now() / 1000) - 1
  const query = `count_over_time(up[10m] @ ${at})`
  const expected = await stack.query(query)
  for (const mode of [[], ['--remote-read-use-stream']]) {
    await run(
      peer('vmctl'), 'remote-read', ...mode, '-s', '--disable-progress-bar',
      `--remote-read-src-addr=${url}/api/v1/read`, '--remote-read-disable-path-append',
      `--remote-read-filter-time-start=${new Date((at - 600) * 1000).toISOString()}`,
      '--remote-read-step-interval=hour', `--vm-addr=${target}`,
    )
    await fetch(`${target}/internal/force_flush`)
    const answer = await fetch(`${target}/api/v1/query?query=${encodeURIComponent(query)}&time=${at}`)
    const copied = (await answer.json()).data.result
    const counts = (result) => new Map(result.map(({ metric, value }) => [metric.job, value[1]]))
    assert.deepEqual(counts(copied), counts(expected), mode.join())
    const remove = await fetch(`${target}/api/v1/admin/tsdb/delete_series?match[]=up`, { method: 'POST' })
    assert.ok(remove.ok)
  }
})

test('vmalert evaluates a rule on what is stored and stores what comes of it', need(peer('vmalert')), async () => {
  const rule = { record: 'job:up:sum', expr: 'sum by (job) (up)' }
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'g', interval: '1s', rules: [rule] }] }))
  const listen = `-httpListenAddr=127.0.0.1:${await freePort()}`
  const flags = [`-rule=${join(folder, 'rules.yml')}`, `-datasource.url=${url}`, `-remoteWrite.url=${url}`]
  programs.push(new Program(peer('vmalert'), [...flags, listen, '-notifier.blackhole', '-remoteWrite.flushInterval=200ms', '-rule.evalDelay=0s']))
  await until('the recorded series', async () => (await stack.value('sum(job:up:sum)')) === 2)
})

test('prometheus-api-client of PyPI reads all that it can', need(python), async () => {
  const answers = JSON.parse(await run(python, join(import.meta.dirname, 'api_client.py'), url))
  const { current, range, ...others } = answers
  assert.deepEqual(others, {
    connected: true, jobs: ['gnomon', 'sensor'], named: true, labelled: true, sum: '2', series: 2, stepped: 2, health: 'up', down: 0,
  })
  assert.equal(current[0].metric.job, 'gnomon')
  assert.ok(range.every(({ values }) => values.length > 0 && values.every(([, value]) => value === '1')), JSON.stringify(range))
})

test('grafana-client of PyPI keeps dashboards, folders, annotations and snapshots', need(python), async () => {
  const script = join(import.meta.dirname, 'dashboards_client.py')
  const answers = JSON.parse(await run(python, script, stack.url('dashboards', ''), PASSWORD))
  assert.deepEqual(answers, {
    inner: 'house', saved: ['success', 1, 'attic'], stale: [412, 'version-mismatch'], again: 2, read: ['Attic', 'admin', 2],
    versions: 2, first: 'Fan', restored: 3, found: ['fan'], renamed: 'Loft', moved: [], notes: ['Reboot'], snapshots: ['Then'],
    shown: 'Fan', permissions: ['View', 'Edit'], tagged: true, deleted: 'Dashboard Fan deleted', gone: [404, ''],
  })
})

test('grafana-client of PyPI adds, asks and deletes data sources', need(python), async () => {
  const script = join(import.meta.dirname, 'sources_client.py')
  const answers = JSON.parse(await run(python, script, stack.url('dashboards', ''), PASSWORD, url))
  assert.deepEqual(answers, {
    added: 'Datasource added', again: [409, 'data source with the same name already exists'], same: true,
    secrets: { httpHeaderValue1: true }, changed: 'Datasource updated', listed: { Other: true, Prometheus: false }, health: 'OK',
    answers: ['7', '7'], protected: [403, 'Cannot delete read-only data source'], deleted: 'Data source deleted',
    gone: [404, 'Data source not found'],
  })
})

test('grafana-client of PyPI makes users and service accounts', need(python), async () => {
  const script = join(import.meta.dirname, 'people_client.py')
  const answers = JSON.parse(await run(python, script, stack.url('dashboards', ''), PASSWORD))
  assert.deepEqual(answers, {
    changes: [403, 200], profile: ['Editor', 'light', ['edge-stack'], 401], robot: [200, 403, ['arm'], 'Editor', 401],
    users: ['ada', 'admin'], ada: true, organization: ['House', [{ id: 1, name: 'House' }]], members: 2,
    deleted: 'User deleted', gone: 404,
  })
})

/** A token of an admin, for programs that want one. */
async function token() {
  const headers = { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}`, 'content-type': 'application/json' }
  const ask = async (path, body) => {
    const answer = await fetch(stack.url('dashboards', path), { method: 'POST', headers, body: JSON.stringify(body) })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.json()
  }
  const { id } = await ask('/api/serviceaccounts', { name: `program ${Math.random()}`, role: 'Admin' })
  const { key } = await ask(`/api/serviceaccounts/${id}/tokens`, { name: 'one' })
  return { key, ask }
}

test('grafana-backup of PyPI saves everything and restores it', need(backup), async () => {
  const { key, ask } = await token()
  const fan = { uid: 'kept', title: 'Kept', panels: [] }
  await ask('/api/folders', { uid: 'shelf', title: 'Shelf' })
  await ask('/api/dashboards/db', { dashboard: fan, folderUid: 'shelf' })
  await ask('/api/teams', { name: 'Cellar', email: 'cellar@box' })
  const variables = {
    GRAFANA_URL: stack.url('dashboards', '').replace(/\/$/, ''), GRAFANA_TOKEN: key, GRAFANA_ADMIN_ACCOUNT: 'admin',
    GRAFANA_ADMIN_PASSWORD: PASSWORD, BACKUP_DIR: join(folder, 'backup'),
  }
  const options = { cwd: folder, timeout: 120_000, env: { ...process.env, ...variables } }
  await execute(backup, ['save'], options)
  const [archive] = (await readdir(variables.BACKUP_DIR)).filter((name) => name.endsWith('.tar.gz'))
  const headers = { authorization: `Bearer ${key}` }
  const remove = (path) => fetch(stack.url('dashboards', path), { method: 'DELETE', headers })
  assert.ok((await remove('/api/folders/shelf')).ok)
  await execute(backup, ['restore', join(variables.BACKUP_DIR, archive)], options)
  const restored = await fetch(stack.url('dashboards', '/api/dashboards/uid/kept'), { headers })
  const { meta, dashboard } = await restored.json()
  assert.deepEqual([dashboard.title, meta.folderTitle], ['Kept', 'Shelf'])
  await remove('/api/folders/shelf')
})

test('grafana-dashboard-manager of PyPI downloads and uploads', need(manager), async () => {
  const { key, ask } = await token()
  await ask('/api/folders', { uid: 'drawer', title: 'Drawer' })
  await ask('/api/dashboards/db', { dashboard: { uid: 'managed', title: 'Managed' }, folderUid: 'drawer' })
  const where = ['--scheme', 'http', '--host', '127.0.0.1', '--port', stack.ports.dashboards, '-t', key, '--non-interactive']
  const files = join(folder, 'managed')
  await mkdir(files)
  await run(manager, 'download', ...where, '-d', files)
  const path = join(files, 'Drawer', 'Managed.json')
  const dashboard = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...dashboard, description: 'by hand' }))
  await run(manager, 'upload', ...where, '-s', files, '--overwrite', '--skip-home')
  const headers = { authorization: `Bearer ${key}` }
  const answer = await fetch(stack.url('dashboards', '/api/dashboards/uid/managed'), { headers })
  assert.equal((await answer.json()).dashboard.description, 'by hand')
  await fetch(stack.url('dashboards', '/api/folders/drawer'), { method: 'DELETE', headers })
})
