// The Debian package, on a machine with a systemd of its own: `make test-packages`.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bootable, Machine } from './machine.mjs'
import { until } from './stack.mjs'

const { GNOMON_DEB, GNOMON_DEBIAN } = process.env
const skip = GNOMON_DEB ? bootable(GNOMON_DEBIAN) : 'no package to install: run `make test-packages`'
const UNITS = ['gnomon.service', 'gnomon-sensor.service']
const CONFIG = '/etc/gnomon/prometheus.yml'

let machine

before(async () => {
  if (skip) return
  machine = await Machine.boot(GNOMON_DEBIAN)
  copyFileSync(GNOMON_DEB, inside('/root/gnomon.deb'))
})

after(() => machine?.stop())

const inside = (path) => join(machine.root, path)
const pid = (unit) => machine.property(unit, 'MainPID')
const isActive = async (unit) => (await machine.property(unit, 'ActiveState')) === 'active'
const samples = async (expression) =>
  (await machine.json(`http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`)).data.result

/** Waits until the unit runs with another process than this one. */
const restarted = (unit, former) =>
  until(
    `${unit} starts anew`,
    async () => {
      const [state, now] = (await machine.sh(`systemctl show --property=ActiveState,MainPID ${unit}`)).split('\n').sort()
      return state === 'ActiveState=active' && now !== 'MainPID=0' && now !== `MainPID=${former}`
    },
    60_000,
  )

/** Waits until both targets are up, by what is stored. */
const bothUp = () => until('both targets are up', async () => (await samples('up == 1')).length === 2, 60_000)

/** The same package with the next version. */
function next() {
  const folder = join(machine.scratch, 'next')
  execFileSync('dpkg-deb', ['--raw-extract', GNOMON_DEB, folder])
  const control = join(folder, 'DEBIAN/control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, '$&+next'))
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', folder, inside('/root/next.deb')])
}

test('an installation starts both services, confined, and scrapes', { skip }, async () => {
  await machine.sh('dpkg -i /root/gnomon.deb')
  for (const unit of UNITS) {
    await until(`${unit} is active`, () => isActive(unit), 60_000)
    assert.equal(await machine.property(unit, 'UnitFileState'), 'enabled')
    assert.equal(await machine.property(unit, 'NRestarts'), '0')
  }
  await bothUp()
  assert.equal(await machine.sh(`stat -c %U:%a /var/lib/gnomon /proc/${await pid('gnomon')}`), 'gnomon:750\ngnomon:555')
  assert.equal(await machine.property('gnomon', 'MemoryMax'), `${128 << 20}`)
  assert.match(await machine.sh('journalctl -u gnomon'), /log in as admin with \w+/)
  assert.equal(await machine.sh('gnomon health'), 'http://127.0.0.1:9090/-/ready: ready')
})

test('the units are well-formed and rated as safe', { skip }, async () => {
  for (const unit of UNITS) {
    assert.equal(await machine.sh(`systemd-analyze verify ${unit} 2>&1`), '')
    await machine.sh(`systemd-analyze security --offline=yes --threshold=25 ${unit}`)
  }
})

test('manual pages and completions are where shells look', { skip }, async () => {
  assert.match(await machine.sh('man gnomon-run'), /--storage\.tsdb\.retention\.time/)
  const complete = '. /usr/share/bash-completion/completions/gnomon; COMP_WORDS=(gnomon se) COMP_CWORD=1; _gnomon gnomon se; echo $COMPREPLY'
  assert.equal(await machine.sh(`bash -c '${complete}'`), 'sensor')
})

test('what is killed or hangs is started anew', { skip }, async () => {
  const killed = await pid('gnomon')
  await machine.sh(`kill -KILL ${killed}`)
  await restarted('gnomon', killed)

  const dropIn = '/run/systemd/system/gnomon.service.d'
  await machine.sh(`mkdir ${dropIn} && printf '[Service]\\nWatchdogSec=2s\\n' >${dropIn}/watchdog.conf`)
  await machine.sh('systemctl daemon-reload && systemctl restart gnomon')
  const stopped = await pid('gnomon')
  await machine.sh(`kill -STOP ${stopped}`)
  await restarted('gnomon', stopped)
  assert.match(await machine.sh('journalctl -u gnomon'), /Watchdog timeout/)
  await machine.sh(`rm -r ${dropIn} && systemctl daemon-reload`)
})

test('a reload takes a new configuration without a new process', { skip }, async () => {
  const running = await pid('gnomon')
  appendFileSync(inside(CONFIG), '  - job_name: added\n    static_configs: [{targets: ["localhost:8000"]}]\n')
  await machine.sh('systemctl reload gnomon')
  const pools = await machine.json('http://127.0.0.1:9090/api/v1/scrape_pools')
  assert.deepEqual(pools.data.scrapePools, ['added', 'gnomon', 'sensor'])
  assert.equal(await pid('gnomon'), running)
})

test('an upgrade keeps what was configured, what is stored, and what was switched off', { skip }, async () => {
  // Units that were just started have scraped nothing yet, and what was killed may have kept nothing.
  const oldest = () =>
    until('a sample', async () => (await samples('min_over_time(timestamp(up{job="gnomon"})[1h:1s])'))[0], 60_000)
  const [former, before] = [await pid('gnomon'), await oldest()]
  await machine.sh('systemctl disable --now --quiet gnomon-sensor')
  next()
  await machine.sh('dpkg -i /root/next.deb')
  await restarted('gnomon', former)
  assert.match(readFileSync(inside(CONFIG), 'utf8'), /job_name: added/)
  assert.equal(await machine.property('gnomon-sensor', 'UnitFileState'), 'disabled')
  const after = await oldest()
  assert.equal(after.value[1], before.value[1])
})

test('a removal keeps configuration and data, and the package can come back', { skip }, async () => {
  await machine.sh('dpkg --remove gnomon')
  assert.ok(!(await isActive('gnomon')) && !existsSync(inside('/usr/bin/gnomon')))
  assert.ok(existsSync(inside(CONFIG)) && statSync(inside('/var/lib/gnomon')).isDirectory())
  await machine.sh('dpkg -i /root/gnomon.deb')
  await until('gnomon is active', () => isActive('gnomon'), 60_000)
  assert.match(readFileSync(inside(CONFIG), 'utf8'), /job_name: added/)
})

test('a purge leaves nothing but the user', { skip }, async () => {
  await machine.sh('dpkg --purge gnomon')
  const left = await machine.sh('find / -xdev -iname "*gnomon*" -not -path "/root/*" -not -path "/proc/*" -not -path "/run/*" -not -path "/var/cache/man/*"')
  assert.equal(left, '')
  assert.match(await machine.sh('getent passwd gnomon'), /\/var\/lib\/gnomon:.*nologin$/)
})
