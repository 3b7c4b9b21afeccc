import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NOW, openScratchState, Shop } from './testing/shop.ts'

let scratch: Awaited<ReturnType<typeof openScratchState>>
let shop: Shop

beforeAll(async () => {
  scratch = await openScratchState()
})
beforeEach(async () => {
  shop = await Shop.open(scratch.state)
  shop.openDoors()
})
afterAll(() => scratch.remove())

const shelfOf = (id: string): number => Math.floor(Number(id.slice(1)) / 10)

describe('decide: the default placements', () => {
  it('for you: from the shelf of what was viewed, without what was viewed, with the reason', () => {
    const me = shop.visitor()
    shop.did(me, 'view', ['p14'])
    const { items, fallback } = shop.decide({ placements: [{ id: 'home-for-you', n: 5 }] }, me)
      .placements['home-for-you'] ?? { items: [], fallback: null }
    expect(items).toHaveLength(5)
    expect(items.every(({ id }) => shelfOf(id) === 1 && id !== 'p14')).toBe(true)
    expect(items[0]?.reasons).toEqual([
      { type: 'viewed', text: 'because you viewed Product 14', item: 'p14', share: 1 },
    ])
    expect(fallback).toBeNull()
  })

  it('for you: falls back for a person whom nobody knows, and says so', () => {
    const { person, placements } = shop.decide({ placements: ['home-for-you'] })
    expect(person.known).toBe(false)
    expect(placements['home-for-you']?.items).toHaveLength(10)
    expect(placements['home-for-you']?.fallback).toEqual({
      used: 'trending',
      why: 'forYou: the person is not known yet',
    })
    expect(placements['home-for-you']?.items[0]?.reasons[0]?.type).toBe('trending')
  })

  it('bought together: the other item of the order', () => {
    const [first] = shop.ids('product-bought-together', { context: { item: 'p20' } })
    expect(first).toBe('p21')
  })

  it('the cart row starts from the cart, also from a remembered one', () => {
    const request = { context: { item: 'p35', cart: ['p20'] } }
    expect(shop.ids('cart-addons', request)[0]).toBe('p21')
    const me = shop.visitor()
    shop.did(me, 'cart', ['p30'])
    shop.did(me, 'cart', ['p20'])
    shop.did(me, 'uncart', ['p30'])
    expect(shop.ids('cart-addons', {}, me)[0]).toBe('p21')
  })

  it('recently viewed: newest first, and short when there is little', () => {
    const me = shop.visitor()
    for (const id of ['p3', 'p4', 'p3', 'p9']) shop.did(me, 'view', [id])
    const { placements } = shop.decide({ placements: ['recently-viewed'] }, me)
    expect(placements['recently-viewed']?.items.map(({ id }) => id)).toEqual(['p9', 'p3', 'p4'])
    expect(placements['recently-viewed']?.short).toMatch(/^3 of 10 items/)
  })

  it('newest: by publication', () => {
    expect(shop.ids('home-new').slice(0, 3)).toEqual(['p39', 'p38', 'p37'])
  })

  it('make sense where people only rate', async () => {
    const media = await Shop.open(scratch.state)
    for (let k = 0; k < 20; k++) {
      const fan = media.visitor()
      for (let step = 0; step < 8; step++)
        media.did(fan, 'rate', [`p${10 * (k % 4) + ((k + 3 * step) % 10)}`])
    }
    const me = media.visitor()
    media.did(me, 'rate', ['p14'])
    const found = media.decide(
      { placements: ['home-for-you', 'product-bought-together'], context: { item: 'p22' } },
      me,
    )
    const [forYou] = found.placements['home-for-you']?.items ?? []
    expect(forYou?.reasons[0]?.text).toBe('because you rated Product 14')
    const together = found.placements['product-bought-together']?.items ?? []
    expect(together.slice(0, 5).every(({ id }) => shelfOf(id) === 2)).toBe(true)
  })
})

describe('decide: rules', () => {
  it('an unknown item of the context: falls back and says so', () => {
    const { placements } = shop.decide({
      placements: ['product-similar'],
      context: { item: 'p99' },
    })
    expect(placements['product-similar']?.items).toHaveLength(10)
    expect(placements['product-similar']?.fallback?.why).toContain(
      '"p99" of the context is not known',
    )
    const me = shop.visitor()
    shop.did(me, 'view', ['p14'])
    const other = shop.decide(
      { placements: [{ id: 'product-similar', n: 3 }], context: { item: 'p99' } },
      me,
    )
    expect(other.placements['product-similar']?.fallback?.used).toBe('history')
  })

  it('never shows what is on the page, in the cart, excluded by the request, or unavailable', () => {
    shop.catalog.upsert({ id: 'p12', stock: 0 }, NOW)
    const request = {
      placements: [{ id: 'home-trending', n: 40 }],
      context: { item: 'p10', cart: ['p11'] },
      exclude: ['p13'],
    }
    const shown = shop.decide(request).placements['home-trending']?.items.map(({ id }) => id) ?? []
    expect(shown).toHaveLength(36)
    for (const id of ['p10', 'p11', 'p12', 'p13']) expect(shown).not.toContain(id)
  })

  it('leaves out what the person did within the time of the rule', () => {
    shop.placements.put(
      {
        id: 'rules',
        n: 40,
        candidates: [{ source: 'popular' }],
        exclude: { done: [{ actions: ['buy'] }, { actions: ['view'], within: '1h' }] },
      },
      NOW,
    )
    const me = shop.visitor()
    shop.did(me, 'buy', ['p1'], 'mine')
    shop.did(me, 'view', ['p2'])
    me.history.unshift({ item: 3, action: 'view', time: NOW - 7_200_000, value: 1 })
    const shown = shop.ids('rules', {}, me)
    expect(shown).not.toContain('p1')
    expect(shown).not.toContain('p2')
    expect(shown).toContain('p3')
  })

  it('leaves out what was shown often enough lately', () => {
    shop.placements.put(
      {
        id: 'fresh',
        n: 40,
        candidates: [{ source: 'popular' }],
        exclude: { shown: { times: 2, within: '1d' } },
      },
      NOW,
    )
    const me = shop.visitor()
    const list = (time: number, items: number[]) => ({
      decision: 'd',
      placement: 'x',
      version: 1,
      time,
      items,
    })
    me.shown.push(list(NOW - 90_000_000, [5]), list(NOW - 1_000, [5, 6]), list(NOW - 500, [6, 7]))
    const shown = shop.ids('fresh', {}, me)
    expect(shown).toContain('p5')
    expect(shown).not.toContain('p6')
    expect(shown).toContain('p7')
  })

  it('filters by item, person and context; caps by attribute', () => {
    shop.placements.put(
      {
        id: 'ruled',
        n: 6,
        candidates: [{ source: 'popular' }],
        filter: {
          'item.price': { $lte: { $ref: 'person.traits.budget' } },
          'item.attributes.size': { $eq: { $ref: 'context.size' } },
        },
        caps: [{ by: 'brand', max: 1 }],
      },
      NOW,
    )
    const me = shop.visitor({ budget: 20 })
    const { placements } = shop.decide({ placements: ['ruled'], context: { size: 'S' } }, me)
    const ids = placements['ruled']?.items.map(({ id }) => Number(id.slice(1))) ?? []
    expect(ids).toHaveLength(5)
    expect(ids.every((n) => n <= 20 && n % 2 === 0)).toBe(true)
    expect(new Set(ids.map((n) => n % 5)).size).toBe(5)
    expect(placements['ruled']?.short).toMatch(/5 of 6 items: .*over a cap/)
  })

  it('says which value the filter missed', () => {
    shop.placements.put(
      {
        id: 'budget',
        candidates: [{ source: 'popular' }],
        filter: { 'item.price': { $lt: { $ref: 'person.traits.budget' } } },
      },
      NOW,
    )
    const { placements } = shop.decide({ placements: ['budget'] })
    expect(placements['budget']).toMatchObject({ items: [], fallback: null })
    expect(placements['budget']?.short).toBe(
      '0 of 10 items: the filter needs person.traits.budget, which is not known',
    )
  })

  it('a narrow filter is met from the whole catalogue when the leading items have nothing', () => {
    shop.placements.put(
      {
        id: 'narrow',
        n: 2,
        candidates: [{ source: 'forYou' }],
        filter: { 'item.id': { $in: ['p38', 'p39'] } },
      },
      NOW,
    )
    expect([...shop.ids('narrow')].sort()).toEqual(['p38', 'p39'])
  })

  it('an item that no source leads to is still found', () => {
    for (let n = 0; n < 400; n++) shop.catalog.upsert({ id: `new${n}`, publishedAt: NOW - n }, NOW)
    shop.catalog.upsert({ id: 'old', publishedAt: 5 }, NOW)
    shop.placements.put(
      { id: 'one', n: 1, candidates: [{ source: 'forYou' }], filter: { 'item.id': 'old' } },
      NOW,
    )
    expect(shop.ids('one')).toEqual(['old'])
  })

  it('pins items at their places, and boosts by condition', () => {
    shop.placements.put(
      {
        id: 'edited',
        n: 4,
        candidates: [{ source: 'list', items: ['p1', 'p2', 'p3', 'p4', 'p5'] }],
        pinned: [
          { item: 'p30', position: 2 },
          { item: 'gone', position: 1 },
        ],
        boosts: [{ when: { 'item.id': 'p4' }, factor: 3 }],
      },
      NOW,
    )
    const { placements } = shop.decide({ placements: ['edited'], include: ['parts'] })
    const items = placements['edited']?.items ?? []
    expect(items.map(({ id }) => id)).toEqual(['p4', 'p30', 'p1', 'p2'])
    expect(items[0]?.parts?.map(({ source }) => source)).toEqual(['boost', 'list'])
    expect(items[0]?.parts?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5)
    expect(items[1]?.reasons[0]?.type).toBe('pinned')
  })

  it('blends sources by weight, with the parts of each score', () => {
    shop.placements.put(
      {
        id: 'blend',
        n: 3,
        candidates: [
          { source: 'list', items: ['p1', 'p2'], weight: 2 },
          { source: 'newest', weight: 1 },
        ],
      },
      NOW,
    )
    const slot = shop.decide({ placements: ['blend'], include: ['parts'] }).placements['blend']
    expect(slot?.items.map(({ id, score }) => [id, score])).toEqual([
      ['p1', 2 + 0],
      ['p2', 1.818182],
      ['p39', 1],
    ])
    for (const item of slot?.items ?? []) {
      const parts = item.parts ?? []
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5)
      expect(item.reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5)
      expect(parts.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(item.score, 5)
    }
  })

  it('gives a source with a share its part of the slot, spread over it', () => {
    shop.placements.put(
      {
        id: 'shared',
        n: 8,
        candidates: [
          { source: 'list', items: ['p1', 'p2', 'p3'], share: 0.25 },
          { source: 'newest' },
        ],
      },
      NOW,
    )
    expect(shop.ids('shared')).toEqual(['p39', 'p38', 'p1', 'p37', 'p36', 'p35', 'p2', 'p34'])
  })

  it('shows no item in two placements of a call, unless asked to', () => {
    const placements = ['home-trending', 'home-new', 'product-similar']
    const request = { placements, context: { item: 'p5' } }
    const all = Object.values(shop.decide(request).placements).flatMap(({ items }) =>
      items.map(({ id }) => id),
    )
    expect(new Set(all).size).toBe(30)
    const repeated = Object.values(shop.decide({ ...request, distinct: false }).placements)
    expect(new Set(repeated.flatMap(({ items }) => items.map(({ id }) => id))).size).toBeLessThan(
      30,
    )
  })
})

describe('decide: promises', () => {
  it('is a function of its arguments: the same again, whatever was asked between', () => {
    const me = shop.visitor()
    shop.did(me, 'view', ['p14'])
    shop.did(me, 'cart', ['p22'])
    const request = {
      userId: 'u1',
      placements: ['home-for-you', 'cart-addons', 'home-trending', 'recently-viewed'],
      include: ['parts'],
    }
    const first = JSON.stringify(shop.make(request, me))
    shop.decide({
      placements: ['home-for-you', 'home-new'],
      context: { item: 'p3' },
      exclude: ['p15'],
    })
    expect(JSON.stringify(shop.make(request, me))).toBe(first)
  })

  it('records what was shown by ids, with the version that decided it', () => {
    shop.placements.put({ id: 'home-new', n: 2, candidates: [{ source: 'newest' }] }, NOW)
    const { record } = shop.make({ userId: 'u1', placements: ['home-new'] })
    expect(record).toEqual({
      id: 'd1',
      at: NOW,
      identifiers: [{ type: 'user_id', value: 'u1' }],
      lists: [{ placement: 'home-new', version: 2, items: ['p39', 'p38'] }],
    })
  })

  it('answers from an empty workspace', async () => {
    const empty = await Shop.open(scratch.state)
    for (let n = 0; n < 40; n++) empty.catalog.remove(`p${n}`)
    for (const { id } of empty.placements.list()) {
      const slot = empty.decide({ placements: [id] }).placements[id]
      expect(slot?.items).toEqual([])
      expect(slot?.short).toMatch(/^0 of 10 items: /)
    }
  })

  it('names the closest placement', () => {
    expect(() => shop.decide({ placements: ['home-new', 'home-for-yuo'] })).toThrow(
      /no placement "home-for-yuo". Did you mean "home-for-you"\?/,
    )
  })
})
