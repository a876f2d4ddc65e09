// What the API answered to a page's queries.

/** Collects `{ query, instant, series }` of every answer that a page gets; `all()` waits for those that are under way. */
export function recordAnswers(page) {
  const reading = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!response.ok()) return
    if (pathname.endsWith('/api/batch')) reading.push(readBatch(response))
    else reading.push(readOne(response))
  })
  return { all: async () => (await Promise.all(reading)).flat().filter(({ series }) => series) }
}

async function readOne(response) {
  const request = response.request()
  const { pathname, search } = new URL(request.url())
  if (!isQuery(pathname)) return []
  return [toAnswer(pathname, request.postData() ?? search, await response.text().catch(() => ''))]
}

/** Addresses that were asked in one request, and their answers in frames: a line `INDEX STATUS BYTES`, then so many bytes. */
async function readBatch(response) {
  const addresses = JSON.parse(response.request().postData() ?? '[]').map((address) => new URL(address, 'http://batch'))
  const answers = addresses.map(() => [])
  let rest = await response.body().catch(() => Buffer.alloc(0))
  while (rest.length > 0) {
    const end = rest.indexOf('\n')
    const [index, , bytes] = rest.subarray(0, end).toString().split(' ').map(Number)
    answers[index].push(rest.subarray(end + 1, end + 1 + bytes))
    rest = rest.subarray(end + 1 + bytes)
  }
  return addresses.flatMap(({ pathname, search }, index) => (isQuery(pathname) ? [toAnswer(pathname, search, Buffer.concat(answers[index]).toString())] : []))
}

const isQuery = (path) => path.endsWith('/query') || path.endsWith('/query_range')

function toAnswer(path, asked, text) {
  return { query: new URLSearchParams(asked).get('query') ?? '', instant: path.endsWith('/query'), series: toSeries(text) }
}

/** `undefined` for what is no answer, or none that has numbers. */
function toSeries(text) {
  const data = text.startsWith('{') ? JSON.parse(text).data : undefined
  if (data?.resultType === 'scalar') return [{ labels: {}, values: [toNumber(data.result[1])] }]
  if (data?.resultType !== 'vector' && data?.resultType !== 'matrix') return undefined
  const numbers = ({ value, values }) => (values ?? (value ? [value] : [])).map(([, number]) => toNumber(number))
  return data.result.map((one) => ({ labels: one.metric, values: numbers(one) }))
}

const toNumber = (text) => ({ '+Inf': Infinity, '-Inf': -Infinity })[text] ?? Number(text)
