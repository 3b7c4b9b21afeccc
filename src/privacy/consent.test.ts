import { describe, expect, it } from 'vitest'
import { consentGate } from './index.ts'

describe('the consent gate', () => {
  it('lets every event pass while there are no rules', () => {
    const subject = { type: 'track', name: 'Product Viewed', identifiers: [], context: {} }
    expect(consentGate(subject, ['collect', 'advertise'])).toEqual({ allowed: true })
    expect(consentGate(subject)).toEqual({ allowed: true })
  })
})
