// What Grafana's Prometheus data source asks, as it was seen on the wire: directly, and through the proxy of a
// Grafana, which is how its dashboards ask here.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PASSWORD, Stack, until } from './stack.mjs'

const FORM = 'application/x-www-form-urlencoded'
const BASIC = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`
const now = Math.floor(Date.now() / 1000)
const ms = now * 1000
// The samples come after this line has been run.
const range = `start=${now - 60}&end=${now + 60}`

/** Method, path and form, and what the data of the answer has to be like. */
const REQUESTS = [
  ['the health check', 'POST', 'query', 'query=1%2B1&time=4', ({ resultType, result }) =>
    resultType === 'scalar' && result[0] === 4 && result[1] === '2'],
  ['exemplars when a page starts, with times in milliseconds', 'POST', 'query_exemplars', `query=test&start=${ms}&end=${ms}`, isList],
  ['rules', 'GET', 'rules', '', ({ groups }) => isList(groups)],
  ['metadata', 'GET', 'metadata', 'limit=40000', (data) => data.sensor_temperature_celsius[0].type === 'gauge'],
  ['names of metrics', 'GET', 'label/__name__/values', `limit=40000&${range}`, (data) => data.includes('up')],
  ['values of a label', 'GET', 'label/job/values', `limit=40000&${range}&match[]=up`, (data) => `${data}` === 'gnomon,sensor'],
  ['label names', 'POST', 'labels', `${range}&match[]=${encodeURIComponent('{__name__="up"}')}`, (data) => `${data}` === '__name__,instance,job'],
  ['series', 'POST', 'series', `${range}&limit=40000&match[]=up`, (data) => data.every(({ __name__ }) => __name__ === 'up')],
  ['a range query with a step in decimals', 'POST', 'query_range', `query=up&${range}&step=0.5`, isMatrix],
  ['a range query with a step in seconds', 'POST', 'query_range', `query=up&start=${now - 60}.000&end=${now + 60}.000&step=15`, isMatrix],
  ['an instant query', 'POST', 'query', `query=up&time=${now}.123`, ({ resultType }) => resultType === 'vector'],
  ['the server\'s version', 'GET', 'status/buildinfo', '', ({ version }) => /^3\.\d+\.\d+/.test(version)],
]

let stack

function isList(data) {
  return Array.isArray(data)
}

function isMatrix({ resultType, result }) {
  return resultType === 'matrix' && result.length === 2 && result.every(({ values }) => values.every(([, v]) => v === '1'))
}

function ask(base, method, path, parameters) {
  const headers = { authorization: BASIC, 'user-agent': 'Grafana/13.2.0', 'accept-encoding': 'gzip' }
  if (method === 'GET') return fetch(`${base}/${path}?${parameters}`, { headers })
  return fetch(`${base}/${path}`, { method, body: parameters, headers: { ...headers, 'content-type': FORM } })
}

before(async () => {
  stack = await Stack.start({ flags: ['--scrape-interval=1s'] })
  await until('both targets and their metadata', async () => {
    const told = await (await fetch(stack.url('api', '/api/v1/metadata?metric=sensor_temperature_celsius'))).json()
    return (await stack.value('sum(up)')) === 2 && told.data.sensor_temperature_celsius
  })
})

after(() => stack?.stop())

for (const [part, base] of [
  ['api', '/api/v1'],
  ['dashboards', '/api/datasources/proxy/uid/prometheus/api/v1'],
  ['dashboards', '/api/datasources/uid/prometheus/resources/api/v1'],
]) {
  test(`every request is answered at ${part}${base}`, async () => {
    for (const [name, method, path, parameters, check] of REQUESTS) {
      const answer = await ask(stack.url(part, base), method, path, parameters)
      const body = await answer.json()
      assert.equal(answer.status, 200, `${name}: ${JSON.stringify(body)}`)
      assert.equal(body.status, 'success', name)
      assert.ok(check(body.data), `${name}: ${JSON.stringify(body.data).slice(0, 300)}`)
    }
  })
}

test('a POST that is not taken is answered so that Grafana asks again with GET', async () => {
  const answer = await ask(stack.url('api', '/api/v1'), 'POST', 'label/job/values', range)
  assert.equal(answer.status, 405)
  assert.equal(answer.headers.get('allow'), 'GET, OPTIONS')
})

test('what is wrong in a query is told as the data source shows it', async () => {
  const answer = await ask(stack.url('api', '/api/v1'), 'POST', 'query', 'query=sum(')
  const { status, errorType, error } = await answer.json()
  assert.deepEqual([answer.status, status, errorType], [400, 'error', 'bad_data'])
  assert.match(error, /^invalid parameter "query": 1:5: parse error: unclosed left parenthesis/)
})
