// A configuration that is changed while the stack runs.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Stack, until } from './stack.mjs'

const config = (jobs) =>
  JSON.stringify({ scrape_configs: jobs.map((job_name) => ({ job_name, static_configs: [{ targets: ['127.0.0.1:9'] }] })) })
let stack

before(async () => {
  const flags = ['--config.auto-reload', '--config.auto-reload-interval=1s']
  stack = await Stack.start({ config: () => config(['one']), flags })
})

after(() => stack?.stop())

test('with --config.auto-reload a changed file is in force soon, and a bad one never', async () => {
  const pools = async () => (await (await fetch(stack.url('api', '/api/v1/scrape_pools'))).json()).data.scrapePools
  assert.deepEqual(await pools(), ['one'])
  const file = `${stack.data}/prometheus.yml`
  await writeFile(file, config(['one', 'two']))
  await until('the second job', async () => (await pools()).length === 2)
  await writeFile(file, 'scrape_configs: 1')
  await until('the complaint', () => stack.program.log.includes('configuration not reloaded'))
  assert.deepEqual(await pools(), ['one', 'two'])
})
