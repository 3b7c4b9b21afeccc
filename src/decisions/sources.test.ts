import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type JsonObject, randomInt, seededRandom } from '../base/index.ts'
import type { Action } from '../events/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import type { DecidedPlacement } from './decision.ts'
import { historyOf } from './session.ts'
import { NOW, openScratchState, Shop, type Visitor } from './testing/shop.ts'

let scratch: Awaited<ReturnType<typeof openScratchState>>
let shop: Shop

beforeAll(async () => {
  scratch = await openScratchState()
})
beforeEach(async () => {
  shop = await Shop.open(scratch.state)
})
afterAll(() => scratch.remove())

const DAY = 86_400_000
const shelfOf = (id: string): number => Math.floor(Number(id.slice(1)) / 10)

/** The answer of a placement with one source. */
function ask(
  source: JsonObject,
  request: JsonObject = {},
  person?: Visitor,
  more: JsonObject = {},
): DecidedPlacement {
  shop.placements.put({ id: 'one', candidates: [source], fallback: [], ...more }, NOW)
  const wanted = { ...request, placements: ['one'], include: ['parts'] }
  const answer = shop.decide(wanted, person).placements['one']
  if (answer === undefined) throw new Error('no answer')
  for (const { parts = [], reasons } of answer.items) {
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(reasons.length).toBeGreaterThan(0)
    expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeLessThan(1.0001)
  }
  return answer
}

const idsOf = ({ items }: DecidedPlacement): readonly string[] => items.map(({ id }) => id)

describe('similar', () => {
  it('has neighbours by content for an item that nobody met yet', () => {
    shop.openDoors()
    const item = {
      id: 'fresh',
      title: 'Fresh',
      brand: 'brand 3',
      categories: ['shelf 2', 'sort 1'],
    }
    shop.catalog.upsert(item, NOW)
    const answer = ask({ source: 'similar' }, { context: { item: 'fresh' } }, undefined, { n: 3 })
    // p28 is of brand 3, shelf 2 and sort 1; p23 of the brand and the shelf.
    expect(idsOf(answer)[0]).toBe('p28')
    expect(idsOf(answer).every((id) => shelfOf(id) === 2 || Number(id.slice(1)) % 5 === 3)).toBe(
      true,
    )
    expect(answer.items[0]?.reasons).toEqual([
      { type: 'similar', text: 'similar to Fresh', item: 'fresh', share: 1 },
    ])
  })

  it('listens to what people do the more of them met the item', () => {
    // p3 and p17 have nothing in common but the people who view both.
    const both = (): void => {
      const other = shop.visitor()
      shop.did(other, 'view', ['p3'])
      shop.did(other, 'view', ['p17'])
    }
    both()
    const place = (): number => {
      const all = ask({ source: 'similar' }, { context: { item: 'p3' } }, undefined, { n: 40 })
      return idsOf(all).indexOf('p17')
    }
    const early = place()
    for (let k = 0; k < 40; k++) both()
    expect(early).toBeGreaterThan(place())
    expect(place()).toBe(0)
    const { items } = ask({ source: 'similar' }, { context: { item: 'p3' } })
    expect(items[0]?.reasons[0]).toMatchObject({
      type: 'context',
      text: 'often viewed together with Product 3',
    })
  })

  it('says what stood in for an unknown item, and nothing without anything to go from', () => {
    const person = shop.visitor()
    shop.did(person, 'view', ['p3'])
    expect(
      ask({ source: 'similar' }, { context: { item: 'gone' } }, person).fallback,
    ).toMatchObject({
      used: 'history',
    })
    expect(ask({ source: 'similar' }).short).toContain('the context names no item')
  })
})

describe('becauseYou', () => {
  it('is about the strongest interest of lately, names it, and does not show it', () => {
    shop.openDoors()
    const person = shop.visitor()
    shop.did(person, 'buy', ['p22'])
    shop.did(person, 'view', ['p3'])
    const answer = ask({ source: 'becauseYou' }, {}, person)
    expect(answer.about).toEqual({ text: 'Because you bought Product 22', item: 'p22' })
    expect(idsOf(answer)).not.toContain('p22')
    expect(idsOf(answer).filter((id) => shelfOf(id) === 2).length).toBeGreaterThan(5)
    for (const { reasons } of answer.items) {
      expect(reasons.every(({ item }) => item === 'p22')).toBe(true)
      expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4)
    }
  })

  it('takes another interest for a second list, and one with enough others like it', () => {
    shop.openDoors()
    const person = shop.visitor()
    shop.catalog.upsert({ id: 'odd', title: 'Odd' }, NOW)
    shop.did(person, 'view', ['p3'])
    shop.did(person, 'view', ['p22'])
    shop.did(person, 'buy', ['odd'])
    for (const id of ['one', 'two']) {
      shop.placements.put({ id, candidates: [{ source: 'becauseYou' }] }, NOW)
    }
    const { placements } = shop.decide({ placements: ['one', 'two'] }, person)
    expect(placements['one']?.about?.item).toBe('p22')
    expect(placements['two']?.about?.item).toBe('p3')
  })

  it('stays with its item when filters ask for more of the list', () => {
    shop.openDoors()
    const person = shop.visitor()
    shop.did(person, 'view', ['p3'])
    shop.did(person, 'view', ['p13'])
    const whole = ask({ source: 'becauseYou' }, {}, person)
    const filter = { 'item.price': { $gt: 5 } }
    const answer = ask({ source: 'becauseYou' }, {}, person, { filter, n: 3 })
    expect(answer.about).toEqual(whole.about)
    expect(answer.items).toHaveLength(3)
    const about = new Set(answer.items.map(({ reasons }) => reasons[0]?.item))
    expect([...about]).toEqual([whole.about?.item])
  })

  it('says why there is none', () => {
    expect(ask({ source: 'becauseYou' }, {}, shop.visitor()).short).toContain(
      'enough others like it',
    )
    expect(ask({ source: 'becauseYou' }).about).toBeUndefined()
  })
})

describe('nextBasket', () => {
  it('puts what is ordered again and again before what goes with it and what all buy', () => {
    shop.openDoors()
    const person = shop.visitor()
    for (let order = 0; order < 4; order++) {
      shop.did(person, 'buy', order % 2 === 0 ? ['p7', 'p15'] : ['p7'])
      person.history.forEach(
        (entry, k) => (person.history[k] = { ...entry, time: entry.time - DAY }),
      )
    }
    shop.did(person, 'buy', ['p20'])
    const answer = ask({ source: 'nextBasket' }, {}, person)
    expect(idsOf(answer)[0]).toBe('p7')
    expect(answer.items[0]?.reasons[0]).toMatchObject({
      type: 'again',
      text: 'you bought it 4 times',
    })
    expect(idsOf(answer).indexOf('p7')).toBeLessThan(idsOf(answer).indexOf('p15'))
    const together = answer.items.find(({ id }) => id === 'p21')
    expect(together?.reasons[0]).toMatchObject({
      item: 'p20',
      text: 'because you bought Product 20',
    })
  })

  it('has what somebody likes who never bought, and nothing for somebody unknown', () => {
    shop.openDoors()
    const person = shop.visitor()
    shop.did(person, 'view', ['p1'])
    const { items } = ask({ source: 'nextBasket' }, {}, person)
    expect(items[0]?.id).toBe('p1')
    expect(items[0]?.reasons[0]).toMatchObject({ type: 'recent', text: 'you viewed it lately' })
    expect(items[1]?.reasons[0]).toMatchObject({ type: 'viewed', item: 'p1' })
    expect(ask({ source: 'nextBasket' }, {}, shop.visitor())).toMatchObject({
      items: [],
      short: expect.stringContaining('nothing that leads to an order'),
    })
  })
})

describe('discover', () => {
  /** Somebody of shelf 0; others of shelf 0 also like p12 and p33, of other brands and sorts. */
  function explorer(): Visitor {
    shop.openDoors()
    for (let k = 0; k < 8; k++) {
      const other = shop.visitor()
      for (const id of ['p3', 'p12', 'p6', 'p33']) shop.did(other, 'view', [id])
    }
    const person = shop.visitor()
    for (const id of ['p0', 'p3', 'p6']) shop.did(person, 'view', [id])
    return person
  }

  it('shows what is unusual for the person and related to what the person did', () => {
    const person = explorer()
    const exclude = { done: [{ actions: ['view'] }] }
    const source = { source: 'discover', strength: 0.7, by: ['categories'] }
    const usual = idsOf(ask({ source: 'forYou' }, {}, person, { n: 9, exclude }))
    const found = ask(source, {}, person, { n: 9, exclude })
    const ofShelf = (ids: readonly string[]): number => ids.filter((id) => shelfOf(id) === 0).length
    expect(ofShelf(usual)).toBeGreaterThan(6)
    expect(ofShelf(idsOf(found))).toBeLessThan(ofShelf(usual))
    expect(idsOf(found).slice(0, 4)).toEqual(expect.arrayContaining(['p12', 'p33']))
    expect(found.items[0]?.reasons[0]?.text).toMatch(/^something new, because you viewed Product/)
  })

  it('finds what people of the same taste like elsewhere, and not just anything', () => {
    // A generated shop: whoever likes a shelf looks at the next one now and then, and never at the two others.
    const random = seededRandom(3)
    for (let k = 0; k < 120; k++) {
      const other = shop.visitor()
      for (let step = 0; step < 10; step++) {
        const shelf = ((k % 4) + (randomInt(random, 4) === 0 ? 1 : 0)) % 4
        shop.did(other, 'view', [`p${10 * shelf + randomInt(random, 10)}`])
      }
    }
    const person = shop.visitor()
    for (const id of ['p0', 'p2', 'p5', 'p7', 'p8']) shop.did(person, 'view', [id])
    const shelves = (source: JsonObject): readonly number[] =>
      idsOf(ask(source, {}, person, { n: 8 })).map(shelfOf)
    const count = (found: readonly number[], shelf: number): number =>
      found.filter((one) => one === shelf).length
    const usual = shelves({ source: 'forYou' })
    const found = shelves({ source: 'discover', by: ['categories'] })
    expect(count(usual, 0)).toBeGreaterThan(5)
    expect(count(found, 0)).toBeLessThan(count(usual, 0))
    expect(count(found, 1)).toBeGreaterThan(4)
    expect(count(found, 2)).toBeLessThan(2)
  })

  it('is the more unusual the greater the strength', () => {
    const person = explorer()
    const order = (strength: number): readonly string[] =>
      idsOf(ask({ source: 'discover', strength, by: ['categories'] }, {}, person, { n: 30 }))
    /** Mean place of what is of the person's own shelf, in the list from 0 to 1. */
    const usual = (strength: number): number => {
      const ids = order(strength)
      const places = ids.flatMap((id, place) => (shelfOf(id) === 0 ? [place / ids.length] : []))
      return places.reduce((sum, place) => sum + place, 0) / places.length
    }
    expect(usual(1)).toBeGreaterThan(usual(0))
    expect(usual(0.5)).toBeGreaterThanOrEqual(usual(0))
  })

  it('says why there is none', () => {
    expect(ask({ source: 'discover' }).short).toContain('no history')
    const person = shop.visitor()
    shop.did(person, 'view', ['not-described'])
    expect(ask({ source: 'discover' }, {}, person).short).toContain('no words in common')
  })
})

describe('newArrivals', () => {
  it('brings new items that nobody met to those who like their kind', () => {
    for (const [id, shelf] of [
      ['new-a', 'shelf 0'],
      ['new-b', 'shelf 3'],
    ]) {
      shop.catalog.upsert({ id, title: id, categories: [shelf] }, NOW - 5)
    }
    const likes = (id: string): Visitor => {
      const person = shop.visitor()
      shop.did(person, 'buy', [id])
      return person
    }
    const one = ask({ source: 'newArrivals' }, {}, likes('p4'), { n: 1 })
    expect(one.items[0]).toMatchObject({
      id: 'new-a',
      reasons: [{ type: 'new', text: 'new, and like Product 4, which you bought', share: 1 }],
    })
    expect(idsOf(ask({ source: 'newArrivals' }, {}, likes('p35'), { n: 1 }))).toEqual(['new-b'])
  })

  it('puts what is more like it before what is newer', () => {
    const item = { title: 'new', brand: 'brand 4' }
    shop.catalog.upsert({ ...item, id: 'alike', categories: ['shelf 0', 'sort 1'] }, NOW - 9)
    shop.catalog.upsert({ ...item, id: 'newer', categories: ['shelf 3', 'sort 2'] }, NOW - 5)
    const person = shop.visitor()
    shop.did(person, 'buy', ['p4'])
    expect(idsOf(ask({ source: 'newArrivals', within: '7d' }, {}, person, { n: 40 }))).toEqual(
      expect.arrayContaining(['alike', 'newer']),
    )
    const [first, ...others] = idsOf(ask({ source: 'newArrivals' }, {}, person, { n: 40 }))
    expect(first).toBe('alike')
    expect(others).toContain('newer')
  })

  it('leaves out what is older than asked for, and knows nothing of somebody unknown', () => {
    const person = shop.visitor()
    shop.did(person, 'view', ['p38'])
    const found = idsOf(ask({ source: 'newArrivals', within: '65s' }, {}, person))
    expect(found.length).toBeGreaterThan(0)
    expect(found.every((id) => Number(id.slice(1)) >= 35)).toBe(true)
    expect(ask({ source: 'newArrivals' }).short).toContain('not known yet what the person likes')
  })
})

describe('a session', () => {
  it('gives somebody unknown items and reasons that fit it, and others than without it', () => {
    shop.openDoors()
    const unknown = shop.ids('home-for-you')
    const answer = shop.decide({
      placements: ['home-for-you'],
      session: ['p21', { item: 'p24', action: 'cart' }],
    })
    const items = answer.placements['home-for-you']?.items ?? []
    expect(items.filter(({ id }) => shelfOf(id) === 2).length).toBeGreaterThan(5)
    expect(unknown.filter((id) => shelfOf(id) === 2).length).toBeLessThan(5)
    expect(items.map(({ id }) => id)).not.toContain('p21')
    expect(['p21', 'p24']).toContain(items[0]?.reasons[0]?.item)
    expect(answer.person.known).toBe(false)
  })

  it('is added to what is known of a person, once', () => {
    shop.openDoors()
    const person = shop.visitor()
    shop.did(person, 'view', ['p3'])
    const plain = shop.ids('home-for-you', {}, person)
    const session = ['p31', 'p32', 'p34']
    expect(shop.ids('home-for-you', { session }, person).some((id) => shelfOf(id) === 3)).toBe(true)
    for (const entry of person.history) expect(NOW - entry.time).toBeLessThan(2 * 3_600_000)
    person.history.splice(0, 1, { item: 3, action: 'view', time: NOW - 1_000, value: 1 })
    expect(shop.ids('home-for-you', { session: ['p3'] }, person)).toEqual(plain)
  })

  it('is one with what events of the last half hour tell, and adds what is older or another action', () => {
    const item = shop.catalog.intern('p3')
    const history = (ago: number): readonly HistoryEntry[] => [
      { item, action: 'view', time: NOW - ago, value: 1 },
    ]
    const put = (action: Action, known: readonly HistoryEntry[]): readonly HistoryEntry[] =>
      historyOf(
        { session: [{ item: 'p3', action }] },
        { profile: { history: known }, catalog: shop.catalog, now: NOW },
      )
    const lately = history(60_000)
    expect(put('view', lately)).toBe(lately)
    expect(put('cart', lately)).toHaveLength(2)
    expect(put('view', history(3_600_000))).toHaveLength(2)
  })

  it('of unknown items says nothing, and gives them no number', () => {
    shop.openDoors()
    const size = shop.catalog.size
    const session = ['nowhere', { item: 'neither', action: 'buy' }]
    expect(shop.ids('home-for-you', { session })).toEqual(shop.ids('home-for-you'))
    expect(shop.catalog.size).toBe(size)
  })

  it('leads related rows and the row of recently viewed', () => {
    shop.openDoors()
    const session = ['p21', 'p23']
    expect(shop.ids('recently-viewed', { session })).toEqual(['p23', 'p21'])
    expect(shelfOf(shop.ids('product-similar', { session })[0] ?? 'p0')).toBe(2)
  })
})
