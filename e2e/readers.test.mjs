// Clients that ask for large answers and hardly read them: READERS of them, looked at SECONDS after all are answered.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Stack, until } from './stack.mjs'
import { send, writeRequest } from './write.mjs'

const READERS = Number(process.env.READERS ?? 500)
const SECONDS = Number(process.env.SECONDS ?? 0)
const SERIES = 400
const SAMPLES = 1_000
// The budget is 64 MiB; the program itself and what the allocator keeps come on top.
const PEAK_BYTES_MAX = 112 << 20

/** The highest resident memory so far. */
const peakBytes = (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024

/** A connection that reads its answer byte by byte, one a second. */
function reader(stack, path) {
  const socket = connect({ port: stack.ports.api, host: '127.0.0.1', highWaterMark: 1 })
  socket.on('error', () => {})
  socket.status = new Promise((resolve) => {
    socket.once('readable', () => resolve(socket.read(12)?.toString().slice(9)))
    socket.once('close', () => resolve(undefined))
  })
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const timer = setInterval(() => socket.read(1), 1_000)
  socket.once('close', () => clearInterval(timer))
  return socket
}

test('slow readers of large answers take what the budget gives, and give it back', async (t) => {
  const stack = await Stack.start({
    config: () => 'scrape_configs: []\n',
    flags: ['--web.enable-remote-write-receiver', '--memory-budget=64MiB'],
  })
  try {
    const end = Math.floor(Date.now() / 1_000) * 1_000
    for (let first = 0; first < SERIES; first += 50) {
      const series = Array.from({ length: 50 }, (_, i) => ({
        labels: { __name__: 'large', instance: `host-${first + i}`, text: 'x'.repeat(200) },
        samples: Array.from({ length: SAMPLES }, (_, n) => [end - (SAMPLES - n) * 1_000, (first + i) * n + 0.123]),
      }))
      assert.equal(await send(stack, writeRequest(series)), 204)
    }
    const seconds = end / 1_000
    const paths = [
      `/api/v1/query_range?query=large&start=${seconds - SAMPLES}&end=${seconds}&step=1`,
      '/federate?match[]=large',
      '/api/v1/series?match[]=large',
      '/metrics',
    ]
    const used = () => stack.metric('gnomon_memory_used_bytes{part="answer"}')
    const idle = await used()
    const readers = Array.from({ length: READERS }, (_, i) => reader(stack, paths[i % paths.length]))
    const counts = {}
    for (const status of await Promise.all(readers.map((socket) => socket.status))) counts[status] = (counts[status] ?? 0) + 1
    await sleep(SECONDS * 1_000)
    const [peak, held] = [peakBytes(stack.program.process.pid), await used().catch(() => NaN)]
    t.diagnostic(`peak RSS ${(peak / 2 ** 20).toFixed(1)} MiB, ${held} bytes of answers held`)
    t.diagnostic(Object.entries(counts).map(([status, count]) => `${count} x ${status}`).join(', '))
    assert.ok(peak < PEAK_BYTES_MAX, `peak RSS ${peak}`)
    readers.forEach((socket) => socket.destroy())
    // Its own answer is one of those on their way.
    await until('all is given back', async () => (await used()) <= Math.max(idle, 0))
    assert.equal((await stack.query('count(large)')).length, 1)
  } finally {
    await stack.stop()
  }
})
