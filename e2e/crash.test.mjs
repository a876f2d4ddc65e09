// What a power cut or a stop does to someone's data: nothing past the last sync.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stack, until } from './stack.mjs'

/** Number of samples of all series of the sensor service. */
async function count(stack) {
  const series = await stack.query('{job="sensor"}[1h]')
  return series.reduce((sum, { values }) => sum + values.length, 0)
}

let stack

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s', '--storage.wal-sync-interval=0s'] })
  await until('some scrapes', async () => (await stack.value('count_over_time(up{job="sensor"}[1h])')) >= 3)
})

after(() => stack?.stop())

test('after kill -9 every sample that a query has seen is there', async () => {
  const seen = await count(stack)
  await stack.kill('SIGKILL')
  await stack.launch()
  const found = await count(stack)
  assert.ok(found >= seen, `${seen} samples before, ${found} after`)
})

test('SIGTERM ends it cleanly and loses nothing', async () => {
  const seen = await count(stack)
  const [code] = await stack.kill('SIGTERM')
  assert.equal(code, 0, stack.program.log)
  await stack.launch()
  const found = await count(stack)
  assert.ok(found >= seen, `${seen} samples before, ${found} after`)
})
