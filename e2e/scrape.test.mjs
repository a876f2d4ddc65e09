// `gnomon run` with a prometheus.yml: a real node_exporter, a sensor service of our own, and one that is broken.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { join } from 'node:path'
import { Program, Stack, freePort, gnomon, until } from './stack.mjs'

const NODE_EXPORTER = join(process.env.GNOMON_PEERS ?? '', 'prometheus-node-exporter')
const programs = []
let stack, broken

before(async () => {
  const [node, sensor] = await Promise.all([freePort(), freePort()])
  broken = await freePort()
  programs.push(
    new Program(NODE_EXPORTER, [`--web.listen-address=127.0.0.1:${node}`]),
    gnomon(['sensor', `--listen=127.0.0.1:${sensor}`, '--simulate', '--seed=7']),
    gnomon(['sensor', `--listen=127.0.0.1:${broken}`, '--fault=content-type', '--fault=route-error']),
  )
  stack = await Stack.start({
    config: () => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['127.0.0.1:${node}'] }]
  - job_name: sensor
    static_configs: [{ targets: ['127.0.0.1:${sensor}'], labels: { room: cellar } }]
  - job_name: broken
    static_configs: [{ targets: ['127.0.0.1:${broken}'] }]
`,
  })
})

after(async () => {
  await stack?.stop()
  await Promise.all(programs.map((program) => program.kill()))
})

test('a real node_exporter is scraped', async () => {
  await until('up', async () => (await stack.value('up{job="node"}')) === 1)
  assert.ok((await stack.value('scrape_samples_scraped{job="node"}')) > 300)
  assert.ok((await stack.value('node_memory_MemTotal_bytes')) > 1e6)
  await until('a rate', async () => (await stack.value('sum(rate(node_cpu_seconds_total[1m]))')) > 0)
})

test('the sensor service is scraped with the labels of its target', async () => {
  await until('up', async () => (await stack.value('up{job="sensor",room="cellar"}')) === 1)
  assert.ok((await stack.query('{__name__=~"sensor_.*",room="cellar",sensor!=""}')).length >= 4)
})

test('a target that answers text/html says so, as Prometheus does, with the cure beside it', async () => {
  const target = await until('a failed scrape', async () => {
    const answer = await fetch(stack.url('api', '/api/v1/targets'))
    const { activeTargets } = (await answer.json()).data
    return activeTargets.find(({ scrapePool, health }) => scrapePool === 'broken' && health === 'down')
  })
  assert.equal(
    target.lastError,
    'received unsupported Content-Type "text/html; charset=utf-8" and no fallback_scrape_protocol specified for target',
  )
  assert.match(target.cure, /fallback_scrape_protocol/)
  assert.equal(await stack.value('up{job="broken"}'), 0)
})

test('a failed event of the sensor service is counted by reason', async () => {
  assert.equal((await fetch(`http://127.0.0.1:${broken}/sensor`)).status, 500)
  const metrics = await (await fetch(`http://127.0.0.1:${broken}/metrics`)).text()
  assert.match(metrics, /^sensor_failed_events_total\{reason="route_error"\} 1$/m)
})

test('two stacks do not open the same data folder', async () => {
  const second = gnomon(stack.flags.map((flag) => flag.replace(/(listen-address=127.0.0.1):\d+/, '$1:0')))
  const [code] = await second.exited
  assert.notEqual(code, 0)
  assert.match(second.log, /another process/)
})
