import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY, ManualClock } from '../base/index.ts'
import { openSqliteState, type StateRow } from '../store/index.ts'
import type { Engine } from './engine.ts'
import { createWorkspace } from './keys.ts'
import { openEngine } from './openEngine.ts'
import { rebuildWorkspace } from './rebuild.ts'

const START = Date.UTC(2026, 0, 10)

let data: string
let directory: string
let clock: ManualClock
let engine: Engine

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'attune-engine-'))
  clock = new ManualClock(START)
  directory = createWorkspace(data, 'shop', START).directory
  engine = await openEngine(directory, { clock })
})

afterEach(async () => {
  await engine.close()
  rmSync(data, { recursive: true, force: true })
})

function body(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

async function viewed(userId: string, item: string): Promise<void> {
  clock.advance(1_000)
  const track = { userId, event: 'Product Viewed', properties: { product_id: item } }
  await engine.collect('track', body(track))
  await engine.settled()
}

async function idsFor(userId: string, placement = 'home-for-you'): Promise<string[]> {
  const decision = await engine.decide({ userId, placements: [placement] })
  return decision.placements[placement]?.items.map(({ id }) => id) ?? []
}

/** Two groups of people with two separate groups of items. */
async function twoTastes(): Promise<void> {
  for (let i = 0; i < 8; i++) {
    for (const group of ['tea', 'bike']) {
      for (const item of [1, 2, 3, 4]) await viewed(`${group}-${i}`, `${group}${item}`)
    }
  }
}

describe('an engine', () => {
  it('lets one event change the very next decision', async () => {
    await twoTastes()
    await viewed('new', 'bike1')
    expect((await idsFor('new'))[0]).toMatch(/^bike/)
    await viewed('other', 'tea2')
    expect((await idsFor('other'))[0]).toMatch(/^tea/)
  })

  it('fills the slot for a person who is not known and says how', async () => {
    await twoTastes()
    const decision = await engine.decide({ userId: 'nobody', placements: ['home-for-you'] })
    const slot = decision.placements['home-for-you']
    expect(decision.person.known).toBe(false)
    expect(slot?.items.length).toBeGreaterThan(0)
    expect(slot?.fallback?.used).toBeDefined()
  })

  it('joins a click to the decision that showed the item', async () => {
    await twoTastes()
    await viewed('ann', 'tea1')
    const decision = await engine.decide({ userId: 'ann', placements: ['home-for-you'] })
    await engine.settled()
    const shown = decision.placements['home-for-you']?.items[1]?.id ?? ''
    await viewed('ann', shown)
    const { events } = engine.recentEvents(0, 1_000)
    expect(events.at(-1)).toMatchObject({
      item: shown,
      decisionId: decision.decisionId,
      placement: 'home-for-you',
      position: 2,
    })
  })

  it('applies a message once, however often it arrives', async () => {
    const track = body({
      messageId: 'm1',
      userId: 'ann',
      event: 'Product Viewed',
      properties: { product_id: 'tea1' },
    })
    await engine.collect('track', track)
    await engine.collect('track', track)
    await engine.settled()
    const status = await engine.status()
    expect([status.events, status.duplicates]).toEqual([1, 1])
  })

  it('keeps everything over a restart', async () => {
    await twoTastes()
    await viewed('ann', 'tea1')
    await engine.upsertItems({ items: [{ id: 'tea1', title: 'Green tea', price: 4 }] })
    const before = await idsFor('ann')
    await engine.settled()
    const profile = await engine.profile('user_id', 'ann')
    await engine.close()
    engine = await openEngine(directory, { clock })
    expect(await engine.profile('user_id', 'ann')).toEqual(profile)
    expect(await idsFor('ann')).toEqual(before)
    expect(await engine.item('tea1')).toMatchObject({ title: 'Green tea', price: 4 })
  })

  it('applies every event of a flood of new people, whatever is committed meanwhile', async () => {
    await engine.close()
    engine = await openEngine(directory, { clock, profileCacheBytes: 1 })
    const bodies = Array.from({ length: 80 }, (_, b) => {
      const batch = Array.from({ length: 250 }, (__, i) => ({
        type: 'track',
        event: 'Product Viewed',
        anonymousId: `visitor-${(b * 250 + i) % 9_000}`,
        userId: `person-${(b * 250 + i) % 7_000}`,
        properties: { product_id: `item-${i}` },
      }))
      return body({ batch })
    })
    await Promise.all(bodies.map((one) => engine.collect('batch', one)))
    await engine.settled()
    const { events, rejected } = await engine.status()
    expect({ events, rejected }).toEqual({ events: 20_000, rejected: 0 })
  })

  it('applies a body larger than a slice whole, also when stopped at once', async () => {
    const batch = Array.from({ length: 1_500 }, (_, i) => ({
      type: 'track',
      event: 'Seen',
      userId: `person-${i % 10}`,
    }))
    await engine.collect('batch', body({ batch: [...batch, 'garbage'] }))
    await engine.close()
    engine = await openEngine(directory, { clock })
    await engine.settled()
    const { events, rejected, duplicates } = await engine.status()
    expect({ events, rejected, duplicates }).toEqual({ events: 1_500, rejected: 1, duplicates: 0 })
  })

  it('rejects one bad item by its place and takes the others', async () => {
    const result = await engine.upsertItems({
      items: [{ id: 'a', price: 1 }, { id: 'b', price: -1 }, { id: 'c' }],
    })
    expect(result).toMatchObject({ upserted: 2, rejected: [{ index: 1 }] })
    expect(await engine.item('b')).toBeUndefined()
  })

  it('shows what was not accepted in the dead letters, newest first', async () => {
    await engine.collect('batch', body({ batch: [{ type: 'track', event: 'x' }, 7] }))
    await engine.settled()
    const page = await engine.deadLetters('', 10)
    expect(page.rows.map(({ index }) => index)).toEqual([1, 0])
  })

  it('takes two people apart that an alias had made one', async () => {
    await viewed('ann', 'tea1')
    await viewed('bob', 'bike1')
    await engine.collect('alias', body({ userId: 'ann', previousId: 'visitor' }))
    await engine.collect('track', body({ anonymousId: 'visitor', event: 'Seen' }))
    await engine.settled()
    const both = {
      first: { type: 'user_id', value: 'ann' },
      second: { type: 'anonymous_id', value: 'visitor' },
    }
    const merged = await engine.profile('anonymous_id', 'visitor')
    expect(merged?.identifiers).toContainEqual(both.first)
    await engine.unmerge(both)
    const apart = await engine.profile('anonymous_id', 'visitor')
    expect(apart?.identifiers).not.toContainEqual(both.first)
    await expect(engine.unmerge(both)).rejects.toMatchObject({ code: 'PROFILES_NOT_MERGED' })
  })

  it('counts joined clicks in the analytics within seconds', async () => {
    await twoTastes()
    await viewed('ann', 'tea1')
    const decision = await engine.decide({ userId: 'ann', placements: ['home-for-you'] })
    await engine.settled()
    await viewed('ann', decision.placements['home-for-you']?.items[0]?.id ?? '')
    const range = { from: START - DAY, to: START + DAY }
    const outcome = await vi.waitFor(
      async () => {
        const [row] = await engine.analytics('decision_outcomes', range)
        expect(row).toMatchObject({ placement: 'home-for-you' })
        const names = await engine.analytics('events_by_name', range)
        expect(names[0]).toMatchObject({ event: 'Product Viewed', events: 66 })
        return row
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(outcome).toMatchObject({ decisions: 1, joined: 1 })
  })

  it('refuses a cursor that no page gave', async () => {
    await expect(engine.listItems('abc', 10)).rejects.toMatchObject({ code: 'APP_INVALID_CURSOR' })
  })

  it('shows a skipped item in no placement any more', async () => {
    await twoTastes()
    const shop = ['home-for-you', 'home-trending', 'product-similar', 'recently-viewed']
    const shown = async (): Promise<number> => {
      let times = 0
      for (const placement of shop) {
        const decision = await engine.decide({
          userId: 'ann',
          placements: [placement],
          context: { item: 'tea1' },
        })
        const items = decision.placements[placement]?.items ?? []
        if (items.some(({ id }) => id === 'tea2')) times++
      }
      return times
    }
    await viewed('ann', 'tea2')
    await viewed('ann', 'tea3')
    expect(await shown()).toBeGreaterThan(1)
    const skip = { userId: 'ann', event: 'Item Skipped', properties: { product_id: 'tea2' } }
    await engine.collect('track', body(skip))
    await engine.settled()
    expect(await shown()).toBe(0)
  })

  it('keeps older versions of a placement and uses the newest', async () => {
    await twoTastes()
    const first = engine.placement('home-for-you')
    const { id: _, version, ...rest } = first ?? { id: '', version: 0 }
    const second = await engine.putPlacement('home-for-you', { ...rest, n: 2 })
    expect(second.version).toBe(version + 1)
    expect(engine.placement('home-for-you', version)).toEqual(first)
    expect(await idsFor('nobody')).toHaveLength(2)
  })
})

describe('a rebuild', () => {
  it('mends a state of another format, which is refused until then', async () => {
    await viewed('ann', 'tea1')
    await engine.close()
    const state = await openSqliteState(join(directory, 'state'))
    await state.commit({ puts: [{ kind: 'meta', id: 'format', value: Buffer.from('0') }] })
    await state.close()
    await expect(openEngine(directory, { clock })).rejects.toMatchObject({
      code: 'APP_OTHER_FORMAT',
    })
    await rebuildWorkspace(directory)
    engine = await openEngine(directory, { clock })
    expect((await engine.profile('user_id', 'ann'))?.history).toHaveLength(1)
  })

  it('gives the same rows, byte for byte, as the ones written while it happened', async () => {
    await twoTastes()
    await engine.collect('identify', body({ userId: 'tea-1', traits: { city: 'Graz' } }))
    await engine.collect('alias', body({ userId: 'tea-1', previousId: 'tea-2' }))
    await engine.collect('batch', body({ batch: [{ type: 'track' }, 'garbage'] }))
    await engine.upsertItems({ items: [{ id: 'tea1', price: 3 }], delete: ['bike4'] })
    await engine.decide({ userId: 'tea-1', placements: ['home-for-you'] })
    clock.advance(DAY)
    await viewed('tea-1', 'bike1')
    await engine.collect('track', body({ userId: 'tea-3', anonymousId: 'v3', event: 'Seen' }))
    await engine.unmerge({
      first: { type: 'user_id', value: 'tea-3' },
      second: { type: 'anonymous_id', value: 'v3' },
    })
    const lists = await Promise.all(['tea-1', 'tea-5', 'bike-2'].map((id) => idsFor(id)))
    await engine.settled()
    await engine.close()
    const before = await allRows()
    await rebuildWorkspace(directory, { profileCacheBytes: 1 << 20, onTrouble: () => undefined })
    const after = await allRows()
    engine = await openEngine(directory, { clock })
    expect(after.length).toBeGreaterThan(30)
    expect(after).toEqual(before)
    expect(await Promise.all(['tea-1', 'tea-5', 'bike-2'].map((id) => idsFor(id)))).toEqual(lists)
  })
})

const KINDS = [
  'counters',
  'dead',
  'identity',
  'item',
  'item-column',
  'item-term',
  'merge',
  'meta',
  'placement',
  'profile',
  'shown',
  'term',
]

async function allRows(): Promise<string[]> {
  const state = await openSqliteState(join(directory, 'state'))
  const rows: string[] = []
  for (const kind of KINDS) {
    for (let after = ''; ;) {
      const page: readonly StateRow[] = await state.scan(kind, after, 1_000)
      for (const row of page)
        rows.push(`${kind}/${row.id}=${Buffer.from(row.value).toString('hex')}`)
      const last = page.at(-1)
      if (last === undefined) break
      after = last.id
    }
  }
  await state.close()
  return rows
}
