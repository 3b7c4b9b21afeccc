import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isJsonObject } from '../base/index.ts'
import { defaultPlacements } from './defaultPlacements.ts'
import { parsePlacement, SOURCES } from './placement.ts'
import { parseDecideRequest } from './request.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/placements.md'), 'utf8')
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text)

describe('docs/placements.md', () => {
  it('has examples that are accepted as they stand', () => {
    expect(examples.length).toBeGreaterThan(1)
    for (const text of examples) {
      const raw: unknown = JSON.parse(text)
      const isPlacement = isJsonObject(raw) && 'candidates' in raw
      expect(() => (isPlacement ? parsePlacement(raw) : parseDecideRequest(raw))).not.toThrow()
    }
  })

  it('names every source and every default placement', () => {
    for (const source of SOURCES) expect(page).toContain(`\`${source}\``)
    for (const { id } of defaultPlacements) expect(page).toContain(`\`${id}\``)
  })
})
