// Remote write into the stack: a real Prometheus that forwards what it scrapes, and what an acknowledgement is worth.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program, Stack, freePort, gnomon, until } from './stack.mjs'
import { request, send } from './write.mjs'

const PROMETHEUS = join(process.env.GNOMON_PEERS ?? '', 'prometheus')
const programs = []
let stack, folder, peer

/** What Prometheus scrapes and sends on, with the given message. */
const config = (sensor, url, message) => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: sensor
    static_configs: [{ targets: ['127.0.0.1:${sensor}'] }]
remote_write:
  - url: ${url}
    protobuf_message: ${message}
    write_relabel_configs: [{ target_label: message, replacement: '${message}' }]
    queue_config: { batch_send_deadline: 100ms }
`

async function startPrometheus(message) {
  const port = await freePort()
  const file = join(folder, `${message}.yml`)
  await writeFile(file, config(peer.sensor, stack.url('api', '/api/v1/write'), message))
  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, message)}`]
  programs.push(new Program(PROMETHEUS, [...flags, `--web.listen-address=127.0.0.1:${port}`]))
  return port
}

async function samples(url, query) {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
  return (await answer.json()).data.result[0]?.values ?? []
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
  peer = { sensor: await freePort() }
  programs.push(gnomon(['sensor', `--listen=127.0.0.1:${peer.sensor}`, '--simulate']))
  stack = await Stack.start({ flags: ['--web.enable-remote-write-receiver', '--storage.wal-sync-interval=1h'] })
})

after(async () => {
  await Promise.all(programs.map((program) => program.kill()))
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

for (const message of ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request']) {
  test(`a real Prometheus sends ${message}: both have the same samples`, async () => {
    const port = await startPrometheus(message)
    const metric = 'sensor_temperature_celsius{job="sensor"}'
    const own = metric.replace('}', `,message="${message}"}`)
    const received = await until('five samples', async () => {
      const values = await samples(stack.url('api', ''), `${own}[1h]`)
      return values.length >= 5 && values
    })
    const sent = await samples(`http://127.0.0.1:${port}`, `${metric}[1h]`)
    const first = sent.findIndex(([time]) => time === received[0][0])
    assert.deepEqual(sent.slice(first, first + received.length), received)
  })
}

test('after kill -9 everything acknowledged is there', async () => {
  const start = Date.now() - 60_000
  for (const [round, value] of [1, 2, 3].entries()) {
    assert.equal(await send(stack, request('acknowledged', 500, start + round, value)), 204)
  }
  await stack.kill('SIGKILL')
  await stack.launch()
  assert.equal(await stack.value('sum(sum_over_time(acknowledged[10m]))'), 500 * (1 + 2 + 3))
})
