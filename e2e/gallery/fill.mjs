// Fills a stack with an hour of the series that dashboards ask for.
import { send, writeRequest } from '../write.mjs'
import { seriesOf } from './series.mjs'
import { Wanted } from './wanted.mjs'

const STEP_S = 15
const SERIES_A_REQUEST = 100

/** Gives how many series were written. `end` is in seconds. */
export async function fill(stack, dashboards, { end = Math.floor(Date.now() / 1000), seconds = 3600 } = {}) {
  const wanted = new Wanted(async (text) => {
    const answer = await fetch(stack.url('api', `/api/v1/parse_query?query=${encodeURIComponent(text)}`))
    return (await answer.json()).data
  })
  for (const dashboard of dashboards) await wanted.addDashboard(dashboard)
  const series = [...seriesOf(wanted.linked(), wanted.rated, end)]
  const start = end - seconds
  for (let first = 0; first < series.length; first += SERIES_A_REQUEST) {
    const some = series.slice(first, first + SERIES_A_REQUEST).map(({ labels, at }) => {
      const times = Array.from({ length: Math.floor(seconds / STEP_S) + 1 }, (_, i) => i * STEP_S)
      return { labels, samples: times.map((time) => [(start + time) * 1000, at(time)]) }
    })
    const status = await send(stack, writeRequest(some))
    if (status !== 204) throw new Error(`remote write answered ${status}`)
  }
  return series.length
}
