// Starts the real binary on free ports and a real browser, for the tests here and the figures in bench/.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'

const BINARY = process.env.GNOMON
export const PASSWORD = 'correct horse'

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Polls until `check` gives something truthy; what it threw last is the reason when it never does. */
export async function until(what, check, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs
  let last
  while (Date.now() < end) {
    try {
      const value = await check()
      if (value) return value
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last })
}

/** A program that runs until it is killed; what it prints is kept. */
export class Program {
  constructor(command, flags, env = {}) {
    this.log = ''
    this.process = spawn(command, flags, { env: { ...process.env, ...env } })
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (text) => (this.log += text))
    }
    this.exited = once(this.process, 'exit')
  }

  async kill(signal = 'SIGTERM') {
    this.process.kill(signal)
    return await this.exited
  }
}

/** `via` is a command that runs the one which follows it. */
export function gnomon(flags, env, via = []) {
  if (!BINARY) throw new Error('GNOMON names no binary: run `make test-e2e`')
  const [command, ...rest] = [...via, BINARY, ...flags]
  return new Program(command, rest, env)
}

/**
 * The stack on ports and a data folder of its own, or on a given one: `gnomon up`, or `gnomon run` when given a
 * configuration.
 */
export class Stack {
  static async start({ flags = [], config, folder, via } = {}) {
    const stack = new Stack()
    stack.data = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
    stack.folder = folder ?? join(stack.data, 'data')
    stack.via = via
    const [sensor, api, dashboards] = await Promise.all([freePort(), freePort(), freePort()])
    stack.ports = { sensor, api, dashboards }
    stack.flags = [
      `--storage.tsdb.path=${stack.folder}`,
      `--web.listen-address=127.0.0.1:${api}`,
      `--dashboard.listen-address=127.0.0.1:${dashboards}`,
      ...flags,
    ]
    if (config) {
      await writeFile(`${stack.data}/prometheus.yml`, config(stack.ports))
      stack.flags.unshift('run', `--config.file=${stack.data}/prometheus.yml`)
    } else {
      stack.flags.unshift('up', `--sensor.listen-address=127.0.0.1:${sensor}`, '--simulate')
    }
    await stack.launch()
    return stack
  }

  url(part, path = '/') {
    return `http://127.0.0.1:${this.ports[part]}${path}`
  }

  async launch() {
    this.program = gnomon(this.flags, { GNOMON_ADMIN_PASSWORD: PASSWORD }, this.via)
    await until('ready', async () => (await fetch(this.url('api', '/-/ready'))).ok).catch((error) => {
      throw new Error(`${error.message}; its log:\n${this.program.log}`)
    })
  }

  async query(expression) {
    const answer = await fetch(this.url('api', `/api/v1/query?query=${encodeURIComponent(expression)}`))
    const body = await answer.json()
    if (body.status !== 'success') throw new Error(body.error)
    return body.data.result
  }

  /** The value of the only sample of the answer; NaN when there is none. */
  async value(expression) {
    const result = await this.query(expression)
    return Number(result.length === 1 ? result[0].value[1] : NaN)
  }

  /** A metric about the stack itself, by its name and labels as they are exposed. */
  async metric(name) {
    const lines = (await (await fetch(this.url('api', '/metrics'))).text()).split('\n')
    const line = lines.find((text) => text.startsWith(`${name} `))
    return line === undefined ? NaN : Number(line.split(' ').at(-1))
  }

  kill(signal) {
    return this.program.kill(signal)
  }

  async stop() {
    if (this.program.process.exitCode === null) await this.kill('SIGTERM')
    await rm(this.data, { recursive: true, force: true })
  }
}

export function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
}

export async function logIn(page, stack, path = '/') {
  await page.goto(stack.url('dashboards', path))
  await page.getByLabel('Username').fill('admin')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
}
