// The reference that displayed values are held against, held against the texts that Grafana is known to show.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { written } from './reference.mjs'

const CASES = join(import.meta.dirname, '../../conformance/units/values.txt')

test('values are written as in Grafana', () => {
  for (const line of readFileSync(CASES, 'utf8').trimEnd().split('\n')) {
    const [, unit, decimals, value, text] = line.match(/^(?:@ )?(\S+) (\S+) (\S+) (.*)$/)
    assert.equal(written(Number(value), unit, decimals === '-' ? undefined : Number(decimals)), text, line)
  }
})
