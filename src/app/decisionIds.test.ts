import { expect, test } from 'vitest'
import { DecisionIds } from './decisionIds.ts'

test('ids are random UUIDs of version 4, and none comes twice', () => {
  const ids = new DecisionIds()
  const made = Array.from({ length: 2_000 }, () => ids.next())
  for (const id of made) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  expect(new Set(made).size).toBe(made.length)
  for (let place = 0; place < 36; place++) {
    const seen = new Set(made.map((id) => id[place]))
    expect(seen.size).toBe([8, 13, 14, 18, 23].includes(place) ? 1 : place === 19 ? 4 : 16)
  }
})
