import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parametersOf, recommenderKind } from '../models/index.ts'
import type { StateStore } from '../store/index.ts'
import { OpinionReader, PersonHistory, PersonalLists, PersonalRanking } from '../training/index.ts'
import { parsePlacement } from './placement.ts'
import { NOW, openScratchState, Shop, type Visitor } from './testing/shop.ts'

let state: StateStore
let remove: () => Promise<void>
let shop: Shop

beforeAll(async () => {
  const scratch = await openScratchState()
  state = scratch.state
  remove = () => scratch.remove()
})

afterAll(() => remove())

beforeEach(async () => {
  shop = await Shop.open(state)
  shop.openDoors()
})

/** A model of people who had p<n> together with p<n + 20>, which the shop's own visitors never do. */
async function pairs(weight: number, explains = true): Promise<Shop['trained']> {
  const kind = recommenderKind('item-knn')
  const parameters = parametersOf(kind, {})
  const numbers = Array.from({ length: 20 }, (_, n) => [n, n + 20]).flat()
  const histories = {
    people: 60,
    items: 40,
    start: Uint32Array.from({ length: 61 }, (_, p) => 2 * p),
    item: Int32Array.from([...numbers, ...numbers, ...numbers], (n) =>
      shop.catalog.intern(`p${n}`),
    ),
  }
  const model = await kind.fit({ histories }, parameters, { seed: 1, threads: 1 })
  return { reader: new OpinionReader(model, explains), weight }
}

function visitor(): Visitor {
  const person = shop.visitor()
  shop.did(person, 'view', ['p3'])
  return person
}

const ask = { placements: ['home-for-you'], include: ['parts'] }

describe('a trained model in a decision', () => {
  it('puts its items beside those of the live counts, by its weight', async () => {
    const person = visitor()
    const before = shop.ids('home-for-you', {}, person)
    expect(before).not.toContain('p23')
    shop.trained = await pairs(0.5)
    const after = shop.ids('home-for-you', {}, person)
    expect(after).toContain('p23')
    expect(after.filter((id) => before.includes(id)).length).toBeGreaterThan(3)
    shop.trained = await pairs(0.99)
    expect(shop.ids('home-for-you', {}, person)[0]).toBe('p23')
  })

  it('names what the person did as the reason, with shares that add up', async () => {
    shop.trained = await pairs(0.9)
    const { placements } = shop.decide(ask, visitor())
    const items = placements['home-for-you']?.items ?? []
    const found = items.find(({ id }) => id === 'p23')
    expect(found?.reasons).toMatchObject([{ type: 'viewed', item: 'p3' }])
    expect(found?.reasons[0]?.share).toBeCloseTo(1, 4)
    expect(found?.parts).toMatchObject([{ source: 'forYou', share: 1 }])
  })

  it('gives a reason for the whole when it cannot tell its parts', async () => {
    shop.trained = await pairs(0.9, false)
    const { placements } = shop.decide(ask, visitor())
    const found = placements['home-for-you']?.items.find(({ id }) => id === 'p23')
    expect(found?.reasons).toMatchObject([{ type: 'taste' }])
  })

  it('adds the reasons of both where both speak for an item', async () => {
    const person = visitor()
    for (let k = 0; k < 5; k++) {
      const other = shop.visitor()
      shop.did(other, 'view', ['p3'])
      shop.did(other, 'view', ['p23'])
    }
    shop.trained = await pairs(0.5)
    const { placements } = shop.decide(ask, person)
    const found = placements['home-for-you']?.items.find(({ id }) => id === 'p23')
    expect(found?.reasons).toHaveLength(1)
    expect(found?.reasons[0]).toMatchObject({ item: 'p3', type: 'viewed' })
    expect(found?.reasons[0]?.share).toBeCloseTo(1, 4)
  })

  it('says nothing of somebody without a history, and the fallbacks fill the slot', async () => {
    shop.trained = await pairs(0.9)
    const { placements } = shop.decide(ask, shop.visitor())
    expect(placements['home-for-you']?.items).toHaveLength(10)
    expect(placements['home-for-you']?.fallback).not.toBeNull()
  })

  it('knows nothing of an item that is newer, which comes through the live counts', async () => {
    shop.trained = await pairs(0.8)
    const person = visitor()
    for (let k = 0; k < 20; k++) {
      const other = shop.visitor()
      shop.did(other, 'view', ['p3'])
      shop.did(other, 'view', ['newcomer'])
    }
    expect(shop.ids('home-for-you', {}, person)).toContain('newcomer')
    shop.did(person, 'view', ['newcomer'])
    expect(shop.ids('home-for-you', {}, person)).toContain('p23')
  })
})

describe('a ranking that was kept', () => {
  /** Keeps what the models say of somebody now, with room for so many items in the answer. */
  function keep(person: Visitor): void {
    const { models, trained, catalog } = shop
    const { history } = person
    const opinion = trained?.reader.read(new PersonHistory().read(history))
    const ranking = new PersonalRanking().begin({
      models,
      history,
      trained: trained && opinion && { opinion, weight: trained.weight },
      items: catalog.size,
    })
    const lists = new PersonalLists(2 ** 20)
    const key = { pid: 'p', events: 1, observed: models.observed }
    lists.keep(key, ranking, history)
    shop.kept = lists.find(key)
  }

  for (const n of [3, 10, 40]) {
    it(`gives the decision for ${n} items that a new ranking gives, reasons and parts included`, async () => {
      const person = visitor()
      shop.trained = await pairs(0.5)
      const request = { placements: [{ id: 'home-for-you', n }], include: ['parts'] }
      const before = shop.decide(request, person)
      keep(person)
      expect(shop.kept?.count).toBeGreaterThan(3)
      shop.trained = undefined
      const after = shop.decide(request, person)
      const idsOf = (decision: typeof before) =>
        decision.placements['home-for-you']?.items.map(({ id, reasons }) => [id, reasons[0]?.item])
      expect(idsOf(after)).toEqual(idsOf(before))
      expect(after.placements['home-for-you']?.items[0]?.parts).toMatchObject([{ share: 1 }])
    })
  }

  it('is looked through for what a filter lets pass, and all items after it', async () => {
    const person = visitor()
    const dear = { filter: { 'item.price': { $gte: 8 } }, n: 10 }
    const document = { ...shop.placements.get('home-for-you'), ...dear, id: 'dear' }
    shop.placements.put(parsePlacement(document), NOW)
    const before = shop.ids('dear', {}, person)
    keep(person)
    expect(shop.ids('dear', {}, person)).toEqual(before)
  })
})
