// The API over TLS, with users, below a path and behind compression, as programs and a browser's data source see it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, freePort, gnomon, until } from './stack.mjs'

const PROMTOOL = join(process.env.GNOMON_PEERS ?? '', 'promtool')
// bcrypt of "secret", at its least cost.
const HASH = '$2b$04$xiiHV5D4cYC7/qhdVNOj9.mltoL0riuuDa7J2Fn.aOTVl5/5JyJw6'
const ANN = `Basic ${Buffer.from('ann:secret').toString('base64')}`
let folder, ports, program

/** A certificate of its own authority for localhost, as NAME.crt and NAME.key. */
function certify(name) {
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...names], { stdio: 'ignore' })
}

/** Status, headers, body and the server's certificate. */
function ask(part, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: 'localhost', port: ports[part], path, headers, rejectUnauthorized: false, agent: false })
    asked.on('error', reject).on('response', async (response) => {
      const certificate = response.socket.getPeerCertificate().subject.CN
      const pieces = await response.toArray()
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString(), certificate })
    })
    asked.end()
  })
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'))
  certify('server')
  certify('renewed')
  const tls = { cert_file: 'server.crt', key_file: 'server.key' }
  const headers = { 'Strict-Transport-Security': 'max-age=60' }
  const config = { tls_server_config: tls, http_server_config: { headers }, basic_auth_users: { ann: HASH } }
  await writeFile(join(folder, 'web.yml'), JSON.stringify(config))
  const [sensor, api, further, dashboards] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  ports = { api, further, dashboards }
  const flags = [
    'up', '--simulate', '--scrape-interval=1s', `--storage.tsdb.path=${join(folder, 'data')}`,
    `--sensor.listen-address=127.0.0.1:${sensor}`,
    `--web.listen-address=127.0.0.1:${api}`, `--web.listen-address=127.0.0.1:${further}`,
    `--dashboard.listen-address=127.0.0.1:${dashboards}`,
    `--web.config.file=${join(folder, 'web.yml')}`, '--web.external-url=https://box.example/prom/',
  ]
  program = gnomon(flags, { GNOMON_ADMIN_PASSWORD: PASSWORD })
  await until('ready', async () => (await ask('api', '/prom/-/ready', { authorization: ANN })).status === 200)
})

after(async () => {
  await program?.kill()
  await rm(folder, { recursive: true, force: true })
})

test('over TLS only who has a password is answered, at each address and below the path alone', async () => {
  for (const part of ['api', 'further']) {
    const refused = await ask(part, '/prom/api/v1/query?query=1')
    assert.deepEqual([refused.status, refused.body, refused.headers['www-authenticate']], [401, 'Unauthorized\n', 'Basic'])
    const answered = await ask(part, '/prom/api/v1/query?query=1', { authorization: ANN })
    assert.equal(answered.status, 200)
    assert.equal(answered.headers['strict-transport-security'], 'max-age=60')
  }
  assert.equal((await ask('api', '/api/v1/query?query=1', { authorization: ANN })).status, 404)
  assert.equal((await ask('api', '/', { authorization: ANN })).headers.location, '/prom/')
  const page = await ask('api', '/prom/targets', { authorization: ANN })
  assert.match(page.body, /src="\/prom\/assets\//)
  const plain = await fetch(`http://localhost:${ports.api}/`)
  assert.equal(await plain.text(), 'Client sent an HTTP request to an HTTPS server.\n')
})

test('HTTP/2 is spoken, and many requests share a connection', async () => {
  const session = connect(`https://localhost:${ports.api}`, { rejectUnauthorized: false })
  const answers = Array.from({ length: 20 }, async (_, i) => {
    const stream = session.request({ ':path': `/prom/api/v1/query?query=${i}`, authorization: ANN })
    const pieces = await stream.toArray()
    return JSON.parse(Buffer.concat(pieces).toString()).data.result[1]
  })
  assert.deepEqual(await Promise.all(answers), Array.from({ length: 20 }, (_, i) => `${i}`))
  session.close()
})

test('gnomon up scrapes itself all the same, under its own name', async () => {
  const healthy = await until('both targets', async () => {
    const answer = await ask('api', '/prom/api/v1/query?query=up', { authorization: ANN })
    const { result } = JSON.parse(answer.body).data
    return result.length === 2 && result.every(({ value }) => value[1] === '1') && result
  })
  assert.ok(healthy.some(({ metric }) => metric.instance === `localhost:${ports.api}`), JSON.stringify(healthy))
})

test('the dashboards have TLS, their own users and a cookie that keeps to it', async () => {
  const body = JSON.stringify({ user: 'admin', password: PASSWORD })
  const session = connect(`https://localhost:${ports.dashboards}`, { rejectUnauthorized: false })
  const stream = session.request({ ':method': 'POST', ':path': '/login', 'content-type': 'application/json' })
  const head = new Promise((resolve) => stream.on('response', resolve))
  stream.end(body)
  const cookie = (await head)['set-cookie'][0]
  assert.match(cookie, /Path=\/; .*HttpOnly; SameSite=Lax; Secure$/)
  session.close()
  const basic = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`
  assert.equal((await ask('dashboards', '/api/search', { authorization: basic })).status, 200)
})

test('promtool comes through TLS and password', { skip: existsSync(PROMTOOL) ? false : 'not installed' }, async () => {
  const client = { basic_auth: { username: 'ann', password: 'secret' }, tls_config: { ca_file: join(folder, 'server.crt') } }
  const file = join(folder, 'client.yml')
  await writeFile(file, JSON.stringify(client))
  const url = `https://localhost:${ports.api}/prom`
  const printed = execFileSync(PROMTOOL, ['query', 'instant', `--http.config.file=${file}`, url, 'vector(3)']).toString()
  assert.match(printed, /=> 3 @/)
  // Fails unless the server is ready.
  execFileSync(PROMTOOL, ['check', 'ready', `--http.config.file=${file}`, `--url=${url}`], { stdio: 'ignore' })
})

test('gnomon health finds the address by the same flags', async () => {
  const flags = [`--web.listen-address=127.0.0.1:${ports.api}`, `--web.config.file=${join(folder, 'web.yml')}`, '--web.route-prefix=/prom']
  const health = gnomon(['health', ...flags])
  assert.deepEqual(await health.exited, [0, null], health.log)
  assert.match(health.log, /asks for a password/)
})

test('a renewed certificate is taken within seconds, a broken one never', async () => {
  const certificate = async () => (await ask('api', '/prom/-/healthy', { authorization: ANN })).certificate
  await writeFile(join(folder, 'server.crt'), 'half a certificate')
  await until('the complaint', async () => (await certificate()) && program.log.includes('web configuration not reloaded'))
  assert.equal(await certificate(), 'server')
  await copyFile(join(folder, 'renewed.key'), join(folder, 'server.key'))
  await copyFile(join(folder, 'renewed.crt'), join(folder, 'server.crt'))
  await until('the new certificate', async () => (await certificate()) === 'renewed')
})
