// Disks that fail: samples go on to be taken and served, nothing acknowledged is lost, and writing comes back by itself.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { LoopMount, MemoryMount, mountable } from './mount.mjs'
import { Stack, until } from './stack.mjs'
import { request, send } from './write.mjs'

const skip = mountable()
const flags = ['--scrape-interval=1s', '--storage.wal-sync-interval=1s', '--web.enable-remote-write-receiver']
const SERIES = 1000
const scrapes = (stack) => stack.value('count_over_time(up{job="sensor"}[1h])')

/** Runs the stack on a disk, breaks it, mends it, and looks at what became of the data. */
async function outage(mount, { fail, mend }) {
  const stack = await Stack.start({ flags, folder: join(mount.folder, 'data') })
  try {
    const start = Date.now() - 60_000
    // The log has room ahead: it fails when that is used up, so what is written takes some.
    const write = (round) => send(stack, request('written', SERIES, start + round, Math.random))
    assert.equal(await write(0), 204)
    await until('scrapes', async () => (await scrapes(stack)) >= 2)
    fail()
    let round = 1
    await until('a failing log', async () => (await write(round++)) >= 500 && (await stack.metric('gnomon_wal_failing')) === 1)
    const before = await scrapes(stack)
    await until('scrapes that go on', async () => (await scrapes(stack)) >= before + 2)
    assert.equal((await fetch(stack.url('api', '/-/ready'))).status, 200)
    const notifications = await fetch(stack.url('api', '/api/v1/notifications'))
    assert.match(await notifications.text(), /The disk takes no writes/)
    const during = await scrapes(stack)

    mend()
    await until('writing again', async () => (await stack.metric('gnomon_wal_failing')) === 0, 90_000)
    await until('an acknowledgement', async () => (await write(round++)) === 204)
    assert.match(stack.program.log, /log failed.*the disk takes writes again/s)
    await stack.kill('SIGKILL')
    await stack.launch()
    assert.ok((await scrapes(stack)) >= during, `${await scrapes(stack)} scrapes, ${during} before`)
    // The refused ones were in memory, and so they are there too.
    assert.equal(await stack.value('sum(count_over_time(written[10m]))'), round * SERIES)
    assert.equal(await stack.metric('prometheus_tsdb_wal_corruptions_total'), 0)
  } catch (error) {
    throw new Error(`${error.message}; its log:\n${stack.program.log}`, { cause: error })
  } finally {
    await stack.stop()
    mount.remove()
  }
}

test('a full disk', { skip }, () => {
  const mount = new MemoryMount('8m')
  return outage(mount, { fail: () => mount.fill(), mend: () => mount.free() })
})

test('a file system that becomes read-only', { skip }, () => {
  const mount = new LoopMount('96m', 'remount-ro')
  return outage(mount, { fail: () => mount.makeReadOnly(), mend: () => mount.replace() })
})

test('a device that fails its writes', { skip }, () => {
  const mount = new LoopMount('6m', 'continue')
  return outage(mount, { fail: () => mount.overcommit(), mend: () => mount.resize('96m') })
})
