// Remote write requests made by hand.

const varint = (n) => (n < 128n ? [Number(n)] : [Number(n & 127n) | 128, ...varint(n >> 7n)])
const field = (number, content) => [(number << 3) | 2, ...varint(BigInt(content.length)), ...content]
const label = (name, text) => field(1, [...field(1, Buffer.from(name)), ...field(2, Buffer.from(text))])

/** The body of a 1.0 request with a sample of each of `count` series of a metric; `value` is theirs, or gives each its own. */
export function request(metric, count, timestamp, value) {
  const sample = (i) => {
    const double = Buffer.alloc(8)
    double.writeDoubleLE(typeof value === 'function' ? value(i) : value)
    return field(2, [9, ...double, 16, ...varint(BigInt(timestamp))])
  }
  const series = (i) => field(1, [...label('__name__', metric), ...label('i', `${i}`), ...sample(i)])
  const message = Array.from({ length: count }, (_, i) => series(i)).flat()
  // A Snappy block of one literal: its length, the tag for a length of three bytes, the bytes.
  const length = message.length - 1
  return Buffer.from([...varint(BigInt(message.length)), 0xf8, length & 255, (length >> 8) & 255, length >> 16, ...message])
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
