// What the API answered to a page's queries.

/** Collects `{ query, instant, series }` of every answer that a page gets; `all()` waits for those that are under way. */
export function recordAnswers(page) {
  const reading = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    const instant = pathname.endsWith('/query')
    if ((instant || pathname.endsWith('/query_range')) && response.ok()) reading.push(read(response, instant))
  })
  return { all: async () => (await Promise.all(reading)).filter(({ series }) => series) }
}

async function read(response, instant) {
  const request = response.request()
  const asked = new URLSearchParams(request.postData() ?? new URL(request.url()).search)
  const { data } = await response.json().catch(() => ({}))
  return { query: asked.get('query') ?? '', instant, series: toSeries(data) }
}

function toSeries(data) {
  if (data?.resultType === 'scalar') return [{ labels: {}, values: [Number(data.result[1])] }]
  if (data?.resultType !== 'vector' && data?.resultType !== 'matrix') return undefined
  const numbers = ({ value, values }) => (values ?? (value ? [value] : [])).map(([, text]) => toNumber(text))
  return data.result.map((one) => ({ labels: one.metric, values: numbers(one) }))
}

const toNumber = (text) => ({ '+Inf': Infinity, '-Inf': -Infinity })[text] ?? Number(text)
