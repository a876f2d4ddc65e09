// Remote write requests made by hand.

const varint = (n) => (n < 128n ? [Number(n)] : [Number(n & 127n) | 128, ...varint(n >> 7n)])
const field = (number, content) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(BigInt(content.length))]), content])
const label = (name, text) =>
  field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(text))]))

function sample([timestamp, value]) {
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  return field(2, Buffer.from([9, ...double, 16, ...varint(BigInt(timestamp))]))
}

/** The body of a 1.0 request: series as `{ labels, samples }`, samples as `[milliseconds, value]`. */
export function writeRequest(series) {
  const message = Buffer.concat(
    series.map(({ labels, samples }) => {
      const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
      return field(1, Buffer.concat([...pairs.map(([name, text]) => label(name, text)), ...samples.map(sample)]))
    }),
  )
  // A Snappy block of one literal: its length, the tag for a length of three bytes, the bytes.
  const length = message.length - 1
  const head = [...varint(BigInt(message.length)), 0xf8, length & 255, (length >> 8) & 255, length >> 16]
  return Buffer.concat([Buffer.from(head), message])
}

/** The same with a sample of each of `count` series of a metric; `value` is theirs, or gives each its own. */
export function request(metric, count, timestamp, value) {
  const series = Array.from({ length: count }, (_, i) => ({
    labels: { __name__: metric, i: `${i}` },
    samples: [[timestamp, typeof value === 'function' ? value(i) : value]],
  }))
  return writeRequest(series)
}

/** Sends it and gives the status of the answer. */
export async function send(stack, body) {
  const answer = await fetch(stack.url('api', '/api/v1/write'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy' },
    body,
  })
  await answer.text()
  return answer.status
}
