// `gnomon doctor` before sensor services with one fault each: it finds and names what is wrong.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { freePort, gnomon, until } from './stack.mjs'

const sensors = []
after(() => Promise.all(sensors.map((sensor) => sensor.kill())))

async function sensor(...faults) {
  const address = `127.0.0.1:${await freePort()}`
  sensors.push(gnomon(['sensor', `--listen=${address}`, '--simulate', ...faults.map((fault) => `--fault=${fault}`)]))
  await until('the sensor service', async () => (await fetch(`http://${address}/healthz`)).ok)
  return address
}

/** The exit code, and what was found as `severity: text`. */
async function examined(...flags) {
  const doctor = gnomon(['doctor', '--json', ...flags])
  const [code] = await doctor.exited
  const [report] = JSON.parse(doctor.log)
  return { code, report, found: report.findings.map(({ severity, text }) => `${severity}: ${text}`).join('\n') }
}

test('a sensor service without a fault is well', async () => {
  const { code, found, report } = await examined(await sensor(), '--once')
  // On a busy machine it may be slow, and nothing else.
  assert.match(found, /^(|warning: The (scrape took|target takes) .*)$/)
  assert.equal(code, found === '' ? 0 : 1)
  assert.ok(report.samples > 20 && report.answer.contentTypeAccepted)
})

test('a wrong content type makes a scrape fail, and the body is looked at all the same', async () => {
  const { code, found, report } = await examined(await sensor('content-type'), '--once')
  assert.match(found, /^error: .*web page.*text\/html/)
  assert.match(report.findings[0].cure, /fallback_scrape_protocol/)
  assert.equal(code, 2)
  assert.ok(report.samples > 20)
})

test('a loop in each scrape is told as its CPU time', async () => {
  const { code, found } = await examined(await sensor('cpu-loop=300ms'), '--interval=100ms')
  assert.match(found, /warning: A scrape costs the target \d+ ms of CPU/)
  assert.equal(code, 1)
})

test('memory that each scrape takes is told', async () => {
  const { code, found } = await examined(await sensor('payload'), '--interval=100ms')
  assert.match(found, /warning: The target's memory moves by [\d.]+ MiB from scrape to scrape/)
  assert.equal(code, 1)
})

test('calls that fail are told by their counter, and by their own status', async () => {
  const address = await sensor('route-error')
  const calls = setInterval(() => fetch(`http://${address}/sensor`).catch(() => {}), 50)
  const { code, found } = await examined(address, '--interval=1s')
  clearInterval(calls)
  assert.match(found, /warning: The target counts failures: sensor_failed_events_total\{reason="route_error"\}/)
  assert.equal(code, 1)
  const direct = await examined(`${address}/sensor`, '--once')
  assert.match(direct.found, /^error: .*status 500/)
  assert.equal(direct.code, 2)
})
