import { describe, expect, it } from 'vitest'
import { decideRequest, isShown } from './shopView.ts'
import { newVisitor } from './visitor.ts'

const visitor = newVisitor('anon')

describe('decideRequest', () => {
  it('asks for the rows of the home page without a context', () => {
    expect(decideRequest({ kind: 'home' }, visitor, [], [])).toEqual({
      anonymousId: 'anon',
      placements: [
        'recently-viewed',
        'home-for-you',
        'home-because-you',
        'home-trending',
        'home-discover',
        'home-new',
      ],
      include: ['item', 'parts'],
    })
  })

  it('names the item on the page and what is in the cart', () => {
    const { context } = decideRequest({ kind: 'product', item: 'mug' }, visitor, ['book'], [])
    expect(context).toEqual({ item: 'mug', cart: ['book'] })
  })

  it('shows "For you" on every view', () => {
    for (const view of [{ kind: 'product', item: 'x' }, { kind: 'cart' }] as const) {
      expect(decideRequest(view, visitor, [], []).placements).toContain('home-for-you')
    }
  })

  it('asks for what goes with the cart only when there is something in it', () => {
    expect(decideRequest({ kind: 'cart' }, visitor, [], []).placements).not.toContain('cart-addons')
    expect(decideRequest({ kind: 'cart' }, visitor, ['mug'], []).placements).toContain(
      'cart-addons',
    )
  })

  it('leaves out what was skipped', () => {
    expect(decideRequest({ kind: 'home' }, visitor, [], ['mug']).exclude).toEqual(['mug'])
  })
})

describe('isShown', () => {
  it('leaves out a list about one item as long as there is none, and keeps the others', () => {
    expect(isShown('home-because-you', 0)).toBe(false)
    expect(isShown('home-because-you', 1)).toBe(true)
    expect(isShown('recently-viewed', 0)).toBe(true)
  })
})
