import { describe, expect, test } from 'vitest'
import { DAY, type JsonObject, seededRandom, sha256Hex } from '../base/index.ts'
import { createWorld, DEMO_WORLD, type World } from './world.ts'

const START = Date.UTC(2025, 8, 1)
const SMALL = { seed: 7, people: 200, items: 160, start: START, days: 30 }
const demo = createWorld({ ...DEMO_WORLD, start: START })
const past = [...demo.history()]

function take<T>(source: Iterable<T>, n: number): T[] {
  const taken: T[] = []
  for (const value of source) {
    taken.push(value)
    if (taken.length === n) break
  }
  return taken
}

function properties(message: JsonObject): { [key: string]: unknown } {
  return message['properties'] as { [key: string]: unknown }
}

function named(event: string): JsonObject[] {
  return past.filter((message) => message['event'] === event)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function digest(world: World): string {
  return sha256Hex(
    JSON.stringify([
      world.people.map(({ userId, about }) => [userId, about]),
      world.catalogue(),
      take(world.history(), 3_000),
      take(world.live(world.end), 300),
      world.drawItem('tents-01'),
    ]),
  )
}

describe('a world', () => {
  test('is the same to the byte for the same seed, and another one for another', () => {
    const one = digest(createWorld(SMALL))
    expect(digest(createWorld(SMALL))).toBe(one)
    expect(digest(createWorld({ ...SMALL, seed: 8 }))).not.toBe(one)
  })

  test('tells the same history again after live traffic was drawn', () => {
    const world = createWorld(SMALL)
    const first = JSON.stringify([...world.history()])
    take(world.live(world.end), 500)
    expect(JSON.stringify([...world.history()])).toBe(first)
  })

  test.each([
    ['seed', -1],
    ['people', 0],
    ['items', 39],
    ['days', 1.5],
    ['start', Number.NaN],
  ])('refuses %s %d with a code', (name, value) => {
    expect(() => createWorld({ ...SMALL, [name]: value })).toThrow(
      expect.objectContaining({ code: 'SIMULATOR_WRONG_OPTION' }),
    )
  })

  test('asks for nobody it does not know', () => {
    const ask = (): number => demo.trueUtility('person-0001', 'no-such-item', START)
    expect(ask).toThrow(expect.objectContaining({ code: 'SIMULATOR_UNKNOWN_SUBJECT' }))
    expect(demo.drawItem('no-such-item')).toBeUndefined()
  })
})

describe('the catalogue', () => {
  const items = demo.catalogue()

  test('has items of every category under titles of their own, marked as simulated', () => {
    expect(items).toHaveLength(480)
    expect(new Set(items.map(({ title }) => title)).size).toBe(480)
    expect(new Set(items.map(({ categories }) => JSON.stringify(categories))).size).toBe(40)
    for (const item of items) {
      expect(item['description']).toContain('simulated')
      expect(item['attributes']).toMatchObject({ simulated: true })
      expect(item['price']).toBeGreaterThan(0)
    }
  })

  test('has arrivals in the past, arrivals to come, and ends', () => {
    const from = items.map(({ availableFrom }) => availableFrom as number)
    const until = items.flatMap(({ availableUntil }) =>
      typeof availableUntil === 'number' ? [availableUntil] : [],
    )
    expect(from.filter((at) => at >= demo.start && at < demo.end).length).toBeGreaterThan(30)
    expect(from.filter((at) => at >= demo.end).length).toBeGreaterThan(10)
    expect(until.length).toBeGreaterThan(10)
  })

  test('changes prices and stock from week to week, and tells the changes', () => {
    const later = demo.end + 7 * DAY
    const changed = demo.catalogueChanges(demo.end, later)
    expect(changed.length).toBeGreaterThan(20)
    const after = new Map(demo.catalogue(later).map((item) => [item['id'], item]))
    for (const item of changed) expect(item).toEqual(after.get(item['id'] ?? ''))
    expect(demo.catalogueChanges(demo.end, demo.end)).toEqual([])
  })
})

describe('the past', () => {
  test('has 60,000 to 90,000 messages in time order with ids of their own', () => {
    expect(past.length).toBeGreaterThan(60_000)
    expect(past.length).toBeLessThan(90_000)
    const times = past.map(({ timestamp }) => Date.parse(timestamp as string))
    expect(times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0))).toBe(true)
    expect(times[0]).toBeGreaterThanOrEqual(demo.start)
    expect(times.at(-1)).toBeLessThan(demo.end)
    expect(new Set(past.map(({ messageId }) => messageId)).size).toBe(past.length)
  })

  test('starts with anonymous visitors, some of whom log in', () => {
    const known = past.filter(({ userId }) => userId !== undefined).length / past.length
    expect(known).toBeGreaterThan(0.3)
    expect(known).toBeLessThan(0.9)
    const first = past.find(({ type }) => type === 'identify')
    expect(first).toMatchObject({ traits: { simulated: true } })
    const before = past.slice(0, past.indexOf(first ?? {}))
    const same = before.filter(({ anonymousId }) => anonymousId === first?.['anonymousId'])
    expect(same.every(({ userId }) => userId === undefined)).toBe(true)
  })

  test('nobody views what is not offered', () => {
    const byId = new Map(demo.products.map((product) => [product.id, product]))
    for (const message of named('Product Viewed')) {
      const product = byId.get(properties(message)['product_id'] as string)
      const at = Date.parse(message['timestamp'] as string)
      expect(at).toBeGreaterThanOrEqual(product?.from ?? Infinity)
      expect(at).toBeLessThan((product?.until ?? 0) + DAY)
    }
  })

  test('evenings are busier than nights', () => {
    const hours = past.map(({ timestamp }) => new Date(timestamp as string).getUTCHours())
    const evening = hours.filter((hour) => hour >= 18 && hour < 21).length
    const night = hours.filter((hour) => hour >= 1 && hour < 4).length
    expect(evening).toBeGreaterThan(8 * night)
  })
})

describe('people', () => {
  test('buy what they like: bought items have a higher true utility than viewed and random ones', () => {
    const orders = named('Order Completed').filter(({ userId }) => userId !== undefined)
    const bought = orders.flatMap((order) =>
      (properties(order)['products'] as { product_id: string }[]).map(({ product_id }) =>
        demo.trueUtility(order['userId'] as string, product_id, START),
      ),
    )
    const random = seededRandom(1)
    const any = orders.map((order) => {
      const id = demo.products[Math.floor(random.next() * 480)]?.id ?? ''
      return demo.trueUtility(order['userId'] as string, id, START)
    })
    const viewed = named('Product Viewed')
      .filter(({ userId }) => userId !== undefined)
      .map((view) =>
        demo.trueUtility(view['userId'] as string, properties(view)['product_id'] as string, START),
      )
    expect(mean(viewed)).toBeGreaterThan(mean(any) + 1)
    expect(mean(bought)).toBeGreaterThan(mean(viewed) + 0.5)
  })

  test('buy complements together far more often than other items of the same category', () => {
    const together = new Map<string, number>()
    const single = new Map<string, number>()
    for (const order of named('Order Completed')) {
      const ids = (properties(order)['products'] as { product_id: string }[]).map(
        ({ product_id }) => product_id,
      )
      for (const id of ids) single.set(id, (single.get(id) ?? 0) + 1)
      for (const a of ids) {
        for (const b of ids)
          if (a !== b) together.set(`${a} ${b}`, (together.get(`${a} ${b}`) ?? 0) + 1)
      }
    }
    let fitting = 0
    let others = 0
    for (const { id } of demo.products.filter(({ id: name }) => name.startsWith('cameras-'))) {
      const fits = new Set(demo.trueComplements(id).map((complement) => complement.id))
      for (const { id: other } of demo.products) {
        if (!other.startsWith('memory-cards-')) continue
        const rate = (together.get(`${id} ${other}`) ?? 0) / Math.max(1, single.get(other) ?? 0)
        if (fits.has(other)) fitting += rate
        else others += rate
      }
    }
    expect(fitting).toBeGreaterThan(4 * others)
  })

  test('buy after a view as often as the truth says, and more often with a complement in the cart', () => {
    const personOf = new Map(
      demo.people.flatMap(({ userId, anonymousIds }) => anonymousIds.map((id) => [id, userId])),
    )
    const cart = new Map<string, Set<string>>()
    const views = { plain: { bought: 0, hoped: 0 }, complement: { bought: 0, hoped: 0 } }
    let waiting: { key: string; kind: 'plain' | 'complement'; at: number }[] = []
    const seen = new Set<string>()
    for (const message of past) {
      const who = personOf.get(message['anonymousId'] as string) ?? ''
      const id = properties(message)?.['product_id'] as string
      if (message['event'] === 'Product Added') cart.set(who, (cart.get(who) ?? new Set()).add(id))
      if (message['event'] === 'Product Removed') cart.get(who)?.delete(id)
      if (message['event'] === 'Order Completed') {
        const products = properties(message)['products'] as { product_id: string }[]
        const ids = new Set(products.map(({ product_id }) => `${who} ${product_id}`))
        for (const { product_id } of products) cart.get(who)?.delete(product_id)
        for (const view of waiting) {
          const isSameVisit = Date.parse(message['timestamp'] as string) - view.at < 1_800_000
          if (isSameVisit && ids.has(view.key)) views[view.kind].bought++
        }
        waiting = waiting.filter(({ key }) => !key.startsWith(`${who} `))
      }
      // First views only: what somebody owns already is wanted less, which is no part of the plain truth.
      if (message['event'] !== 'Product Viewed' || seen.has(`${who} ${id}`)) continue
      seen.add(`${who} ${id}`)
      const fits = demo.trueComplements(id).map((complement) => complement.id)
      const kind = fits.some((other) => cart.get(who)?.has(other)) ? 'complement' : 'plain'
      const at = Date.parse(message['timestamp'] as string)
      views[kind].hoped += demo.truePurchaseProbability(who, id, demo.truePrice(id, at), at)
      waiting.push({ key: `${who} ${id}`, kind, at })
    }
    expect(views.plain.bought / views.plain.hoped).toBeGreaterThan(0.93)
    expect(views.plain.bought / views.plain.hoped).toBeLessThan(1.07)
    expect(views.complement.bought / views.complement.hoped).toBeGreaterThan(1.3)
  })

  test('are described as they are', () => {
    const items = demo.catalogue().map(({ id, categories }) => ({
      id: id as string,
      category: (categories as readonly string[])[1]?.toLowerCase() ?? '?',
    }))
    for (const { userId, about } of demo.people.slice(0, 50)) {
      const utility = ({ id }: { id: string }): number => demo.trueUtility(userId, id, START)
      const liked = items.filter(({ category }) => about.includes(category))
      expect(mean(liked.map(utility))).toBeGreaterThan(mean(items.map(utility)))
    }
  })
})

describe('the truth', () => {
  const [person] = demo.people
  const userId = person?.userId ?? ''

  test('a higher price lowers the chance of a purchase, by the known effect', () => {
    for (const { id, listPrice } of demo.products.slice(0, 40)) {
      const cheap = demo.truePurchaseProbability(userId, id, listPrice / 2, START)
      const usual = demo.truePurchaseProbability(userId, id, listPrice, START)
      const dear = demo.truePurchaseProbability(userId, id, listPrice * 2, START)
      expect(cheap).toBeGreaterThan(usual)
      expect(usual).toBeGreaterThan(dear)
      expect(demo.truePriceEffect(id)).toBeLessThan(0)
    }
  })

  test('the season shows: sweaters sell in December, kites in September', () => {
    const year = createWorld({
      seed: 3,
      people: 300,
      items: 200,
      start: Date.UTC(2024, 0, 1),
      days: 365,
    })
    const views = new Map<string, number[]>()
    for (const message of year.history()) {
      if (message['event'] !== 'Product Viewed') continue
      const category = properties(message)['category'] as string
      const months = views.get(category) ?? Array<number>(12).fill(0)
      const month = new Date(message['timestamp'] as string).getUTCMonth()
      months[month] = (months[month] ?? 0) + 1
      views.set(category, months)
    }
    const ratio = (category: string, high: number, low: number): number =>
      (views.get(category)?.[high] ?? 0) / Math.max(1, views.get(category)?.[low] ?? 0)
    expect(ratio('Sweaters', 11, 5)).toBeGreaterThan(3)
    expect(ratio('Kites', 8, 2)).toBeGreaterThan(2)
    expect(ratio('Barbecues', 5, 11)).toBeGreaterThan(3)
  })

  test('simulated responses follow the true chance of a purchase', () => {
    const random = seededRandom(5)
    const ids = demo.products.slice(0, 40).map(({ id }) => id)
    const expected = new Map(
      ids.map((id) => [
        id,
        demo.truePurchaseProbability(userId, id, demo.truePrice(id, START), START),
      ]),
    )
    let [clicks, buys, hoped] = [0, 0, 0]
    for (let round = 0; round < 3_000; round++) {
      for (const response of demo.simulateResponse(userId, ids, START, random)) {
        expect(response.examined || !response.clicked).toBe(true)
        if (!response.clicked) continue
        clicks++
        hoped += expected.get(response.item) ?? 0
        if (response.bought) buys++
      }
    }
    expect(clicks).toBeGreaterThan(1_000)
    expect(Math.abs(buys - hoped)).toBeLessThan(4 * Math.sqrt(hoped))
  })

  test('the first place of a list is looked at more often than the tenth', () => {
    const random = seededRandom(6)
    const ids = demo.products.slice(0, 10).map(({ id }) => id)
    const looked = Array<number>(10).fill(0)
    for (let round = 0; round < 500; round++) {
      for (const { position, examined } of demo.simulateResponse(userId, ids, START, random)) {
        if (examined) looked[position - 1] = (looked[position - 1] ?? 0) + 1
      }
    }
    expect(looked[0]).toBe(500)
    expect(looked[9]).toBeLessThan(300)
  })
})

describe('live traffic', () => {
  test('goes on in time order at the wanted rate, whatever the hour', () => {
    const from = demo.end + 3 * 3_600_000 + 17
    for (const rate of [30, 600]) {
      const messages = take(demo.live(from, rate), 12_000)
      expect(messages.every(({ time }, at) => time >= (messages[at - 1]?.time ?? from))).toBe(true)
      const minutes = ((messages.at(-1)?.time ?? 0) - from) / 60_000
      expect(12_000 / minutes / rate).toBeGreaterThan(0.8)
      expect(12_000 / minutes / rate).toBeLessThan(1.25)
    }
  })

  test('has other message ids than the past and than traffic from another moment', () => {
    const ids = new Set(past.map(({ messageId }) => messageId))
    const one = take(demo.live(demo.end), 500)
    const two = take(demo.live(demo.end + 1), 500)
    const all = [...one, ...two].map(({ message }) => message['messageId'] ?? '')
    expect(new Set(all).size).toBe(1_000)
    expect(all.some((id) => ids.has(id))).toBe(false)
  })
})
