// Remote write into the stack: a real Prometheus that forwards what it scrapes, and what an acknowledgement is worth.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program, Stack, freePort, gnomon, until } from './stack.mjs'

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

/** A 1.0 request with a sample of each of `count` series. */
function request(count, timestamp, value) {
  const varint = (n) => (n < 128n ? [Number(n)] : [Number(n & 127n) | 128, ...varint(n >> 7n)])
  const field = (number, content) => [(number << 3) | 2, ...varint(BigInt(content.length)), ...content]
  const label = (name, text) => field(1, [...field(1, Buffer.from(name)), ...field(2, Buffer.from(text))])
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  const sample = field(2, [9, ...double, 16, ...varint(BigInt(timestamp))])
  const series = (i) => field(1, [...label('__name__', 'acknowledged'), ...label('i', `${i}`), ...sample])
  const message = Array.from({ length: count }, (_, i) => series(i)).flat()
  // A Snappy block of one literal: its length, the tag for a length of three bytes, the bytes.
  const length = message.length - 1
  return Buffer.from([...varint(BigInt(message.length)), 0xf8, length & 255, (length >> 8) & 255, length >> 16, ...message])
}

test('after kill -9 everything acknowledged is there', async () => {
  const start = Date.now() - 60_000
  for (const [round, value] of [1, 2, 3].entries()) {
    const answer = await fetch(stack.url('api', '/api/v1/write'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy' },
      body: request(500, start + round, value),
    })
    assert.equal(answer.status, 204, await answer.text())
  }
  await stack.kill('SIGKILL')
  await stack.launch()
  assert.equal(await stack.value('sum(sum_over_time(acknowledged[10m]))'), 500 * (1 + 2 + 3))
})
