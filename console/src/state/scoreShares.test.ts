import { describe, expect, it } from 'vitest'
import { explain } from './scoreShares.ts'

const item = { id: 'a', score: 1, reasons: [] }
const viewed = { type: 'viewed', text: 'because you viewed X', share: 0.5 }
const bought = { type: 'bought', text: 'because you bought Y', share: 0.2 }

describe('explain', () => {
  it('names what is left as other, so that the shares of the reasons are the whole', () => {
    const { reasons } = explain({ ...item, reasons: [viewed, bought] })
    expect(reasons.map(({ label }) => label)).toEqual([
      'because you viewed X',
      'because you bought Y',
      'other',
    ])
    expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })

  it('says one reason and one source in sentences, whatever rounding left over', () => {
    const reasons = [{ type: 'new', text: 'new', share: 0.999 }]
    const parts = [
      { source: 'newest', score: 0.4, share: 1 },
      { source: 'boost', score: 0, share: 0 },
    ]
    expect(explain({ ...item, reasons, parts })).toEqual({
      sentences: ['One reason alone: new.', 'The whole score comes from one source, “Newest”.'],
      reasons: [],
      sources: [],
    })
  })

  it('shows the reasons of the one source that has everything', () => {
    const parts = [{ source: 'forYou', score: 1, share: 1 }]
    const shown = explain({ ...item, reasons: [{ ...viewed, share: 0.98 }], parts })
    expect(shown.sentences).toEqual(['The whole score comes from one source, “For you”.'])
    expect(shown.reasons.map(({ label }) => label)).toEqual(['because you viewed X', 'other'])
  })

  it('shows several sources with their shares, named in words', () => {
    const parts = [
      { source: 'viewedAlsoViewed', score: 0.9, share: 0.9 },
      { source: 'boost', score: 0.1, share: 0.1 },
    ]
    expect(explain({ ...item, parts })).toEqual({
      sentences: [],
      reasons: [],
      sources: [
        { label: 'Viewed also viewed', share: 0.9 },
        { label: 'Boost', share: 0.1 },
      ],
    })
  })
})
