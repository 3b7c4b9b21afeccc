import { describe, expect, it } from 'vitest'
import { reasonShares, sourceShares } from './scoreShares.ts'

const item = { id: 'a', score: 1, reasons: [] }

describe('reasonShares', () => {
  it('names what is left, so that the shares are the whole', () => {
    const reasons = [
      { type: 'viewed', text: 'because you viewed X', share: 0.5 },
      { type: 'bought', text: 'because you bought Y', share: 0.2 },
    ]
    const shares = reasonShares({ ...item, reasons })
    expect(shares.map(({ label }) => label)).toEqual([
      'because you viewed X',
      'because you bought Y',
      'everything else',
    ])
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })

  it('names nothing more where the reasons are the whole, but for rounding', () => {
    const reasons = [{ type: 'new', text: 'new', share: 0.999 }]
    expect(reasonShares({ ...item, reasons })).toHaveLength(1)
  })
})

describe('sourceShares', () => {
  it('says the names of the sources as words, and nothing where the server sent none', () => {
    const parts = [{ source: 'viewedAlsoViewed', score: 0.4, share: 1 }]
    expect(sourceShares({ ...item, parts })).toEqual([{ label: 'Viewed also viewed', share: 1 }])
    expect(sourceShares(item)).toEqual([])
  })
})
