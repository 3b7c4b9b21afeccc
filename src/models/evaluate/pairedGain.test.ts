import { describe, expect, it } from 'vitest'
import { exceeds, pairedGain } from './pairedGain.ts'

describe('a gain', () => {
  it('has the standard error of the paired differences', () => {
    const gain = pairedGain(Float64Array.of(1, 2, 3, 6), Float64Array.of(0, 2, 2, 4))
    expect(gain.mean).toBe(1)
    expect(gain.standardError).toBeCloseTo(Math.sqrt(2 / 3 / 4))
    expect(exceeds(gain, 1)).toBe(true)
    expect(exceeds(gain, 3)).toBe(false)
  })

  it('is none without pairs, and noise when it is smaller than its error', () => {
    expect(exceeds(pairedGain(new Float64Array(0), new Float64Array(0)), 1)).toBe(false)
    expect(exceeds(pairedGain(Float64Array.of(5, 0), Float64Array.of(0, 4)), 1)).toBe(false)
  })
})
