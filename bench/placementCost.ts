/**
 * What a decision costs by placement, in a synthetic shop of 50,000 items with people of 100 remembered events:
 *
 *     node bench/placementCost.ts [--items 50000] [--people 4000] [--rounds 50]
 *
 * Means of 50 calls for as many people: their 2nd percentile over the rounds, and the mean of the thread's own time. Everything but
 * HTTP, the profile's row and a trained model's opinion, which is asked for beforehand.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  DAY,
  type JsonObject,
  MINUTE,
  type Random,
  randomInt,
  seededRandom,
} from '../src/base/index.ts'
import { Catalog } from '../src/catalog/index.ts'
import {
  decide,
  type DecisionWorld,
  parseDecideRequest,
  Placements,
} from '../src/decisions/index.ts'
import { ACTIONS } from '../src/events/index.ts'
import type { HistoryEntry, Profile } from '../src/profiles/index.ts'
import { openSqliteState } from '../src/store/index.ts'
import { cutSet } from '../src/training/fit/timeCut.ts'
import { replayLive } from '../src/training/fit/replay.ts'
import { TRAINED_ACTIONS } from '../src/training/fit/trainedActions.ts'
import { LiveModels, trainingSet } from '../src/training/index.ts'
import { fitRelations } from '../src/training/relations/fitRelations.ts'
import { TrainedRelations } from '../src/training/relations/trainedRelations.ts'

const NOW = Date.UTC(2026, 2, 1)
const EVENTS = 100
const CALLS = 50
const WARM_UP = 10
const TASTE_ITEMS = 400

const SLATES: Readonly<Record<string, JsonObject>> = {
  'diversity mmr .3': { diversity: { method: 'mmr', strength: 0.3 } },
  'calibration .3': { calibration: { by: 'categories', strength: 0.3 } },
  'popularity .3': { popularity: { strength: 0.3 } },
  'new items .2': { newItems: { share: 0.2, within: '14d' } },
}

function fillCatalog(catalog: Catalog, items: number): void {
  for (let n = 0; n < items; n++) {
    const sort = Math.floor(n / 125)
    catalog.upsert(
      {
        id: `p${n}`,
        title: `Product ${n}`,
        price: 1 + (n % 200),
        brand: `brand ${(n * 7) % 500}`,
        categories: [`part ${sort % 20}`, `sort ${sort}`],
        attributes: { colour: `colour ${n % 12}`, material: `material ${(n * 13) % 40}` },
        publishedAt: NOW - (items - n) * 10 * MINUTE,
      },
      NOW - DAY,
    )
  }
}

interface Life {
  readonly history: readonly HistoryEntry[]
  readonly orders: readonly number[]
}

/** Somebody with four tastes, each some hundred items of which a few are met often. */
function draw(random: Random, items: number): Life {
  const tastes = Array.from({ length: 4 }, () => randomInt(random, items - TASTE_ITEMS))
  const orders: number[] = []
  const history = Array.from({ length: EVENTS }, (_, k) => {
    const taste = tastes[randomInt(random, 4)] ?? 0
    const item =
      taste +
      Math.floor((randomInt(random, TASTE_ITEMS) * randomInt(random, TASTE_ITEMS)) / TASTE_ITEMS)
    const action = k % 8 === 7 ? ('buy' as const) : ('view' as const)
    if (action === 'buy') orders.push(item)
    return { item, action, time: NOW - (EVENTS - k) * 7 * 3_600_000, value: 1 }
  })
  return { history, orders }
}

function profileOf({ history, orders }: Life, k: number): Profile {
  return {
    pid: `0000${k}`,
    identifiers: [],
    traits: {},
    groups: [],
    createdAt: NOW,
    seenAt: NOW,
    events: history.length,
    history,
    shown: [],
    bought: [...new Set(orders)],
    recent: [],
    visitHistory(each) {
      for (const { item, action, time } of history.toReversed()) {
        each(item, ACTIONS.indexOf(action), time)
      }
    },
    feature: () => undefined,
  }
}

/** Fitted like those of a workspace; a cut decides which relations are served. */
async function relationsOf(lives: readonly Life[], items: number): Promise<TrainedRelations> {
  const rows = lives.flatMap(({ history }, person) =>
    history.map((entry) => ({ ...entry, person })),
  )
  const set = trainingSet(
    {
      rows: rows.length,
      people: lives.length,
      person: Uint32Array.from(rows, ({ person }) => person),
      item: Uint32Array.from(rows, ({ item }) => item),
      action: Uint8Array.from(rows, ({ action }) => TRAINED_ACTIONS.indexOf(action as 'view')),
      value: new Float32Array(rows.length).fill(1),
      time: Float64Array.from(rows, ({ time }) => time),
      refused: 0,
    },
    items,
  )
  const cut = cutSet(set, 1)
  const begin = performance.now()
  const { file, judged } = await fitRelations(set, cut, replayLive(set, cut), {
    seed: 1,
    threads: 1,
  })
  const served = judged.map(({ relation, weight }) => `${relation} ${weight}`).join(', ')
  process.stdout.write(
    `relations: ${Math.round(performance.now() - begin)} ms for ${rows.length} events, ${(file.byteLength / 1e6).toFixed(1)} MB; weights: ${served}\n`,
  )
  return TrainedRelations.decode(file)
}

type WorldOf = (k: number) => DecisionWorld

/** Time that this thread has worked, µs: other work on the machine does not count, but for what it takes from the caches. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

function clock(name: string, request: JsonObject, rounds: number, worldOf: WorldOf): void {
  const parsed = parseDecideRequest({ ...request, dryRun: true })
  const means: number[] = []
  let cpu = 0
  for (let round = 0; round < rounds + WARM_UP; round++) {
    const worlds = Array.from({ length: CALLS }, (_, k) => worldOf(round * CALLS + k))
    const before = worked()
    const begin = performance.now()
    for (const world of worlds) decide(parsed, world)
    if (round < WARM_UP) continue
    means.push(((performance.now() - begin) * 1_000) / CALLS)
    cpu += worked() - before
  }
  means.sort((a, b) => a - b)
  const least = means[Math.floor(0.02 * means.length)] ?? 0
  const row = [name.padEnd(28), least.toFixed(0), (cpu / rounds / CALLS).toFixed(0)]
  process.stdout.write(`| ${row.join(' | ')} |\n`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      items: { type: 'string', default: '50000' },
      people: { type: 'string', default: '4000' },
      rounds: { type: 'string', default: '50' },
    },
  })
  const items = Number(values.items)
  const rounds = Number(values.rounds)
  const directory = mkdtempSync(join(tmpdir(), 'attune-cost-'))
  const state = await openSqliteState(directory)
  try {
    const catalog = await Catalog.open(state)
    const placements = await Placements.open(state)
    fillCatalog(catalog, items)
    const random = seededRandom(9)
    const lives = Array.from({ length: Number(values.people) }, () => draw(random, items))
    const models = new LiveModels()
    for (const { history } of lives) {
      for (let k = 0; k < history.length; k++) {
        const entry = history[k] as HistoryEntry
        models.observe([{ ...entry, order: undefined }], history.slice(Math.max(0, k - 20), k))
      }
      models.takeJournal()
    }
    const relations = await relationsOf(lives, items)
    const profiles = lives.map(profileOf)
    const shared = { models, relations, trained: undefined, kept: undefined, catalog, placements }
    const worldOf: WorldOf = (k) => {
      const profile = profiles[k % profiles.length]
      return { ...shared, profile, now: NOW, decisionId: `d${k}` }
    }
    const context = { item: `p${Math.floor(items / 3)}`, cart: [`p${Math.floor(items / 2)}`] }
    process.stdout.write('| placement | 2nd percentile, µs | CPU, µs |\n|---|---|---|\n')
    for (const { id } of placements.list())
      clock(id, { placements: [id], context }, rounds, worldOf)
    for (const [name, slate] of Object.entries(SLATES)) {
      placements.put({ id: 'slate', candidates: [{ source: 'forYou' }], slate }, NOW)
      clock(`for you, ${name}`, { placements: ['slate'] }, rounds, worldOf)
    }
    const session = Array.from({ length: 5 }, (_, k) => `p${Math.floor(items / 4) + k}`)
    const unknown: WorldOf = (k) => ({ ...worldOf(k), profile: undefined })
    clock('for you, a session of five', { placements: ['home-for-you'], session }, rounds, unknown)
  } finally {
    await state.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

await main()
