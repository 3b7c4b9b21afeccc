import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ManualClock, MINUTE, type Random, randomInt, seededRandom } from '../base/index.ts'
import type { ConsentGate } from '../privacy/index.ts'
import { openDirectoryArtifacts } from '../store/index.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { TrainingSettings } from './modelling.ts'
import { ModelRegistry, RelationRows, TrainedRelations } from '../training/index.ts'
import { createWorkspace, workspaceDirectory } from './keys.ts'
import { openEngine } from './openEngine.ts'
import { rebuildWorkspace } from './rebuild.ts'

vi.setConfig({ testTimeout: 60_000 })

const START = Date.UTC(2026, 0, 10)
const GROUPS = 4
const GROUP = 12
/** A model for which these people are enough, quickly fitted. */
const MODELS = ['item-knn']

let data: string
let directory: string
let clock: ManualClock
let engine: Engine

/** Decisions wait as long as the model takes on a busy machine. */
const TRAINING: TrainingSettings = {
  everyMs: 0,
  timeLimitMs: 10 * MINUTE,
  memoryBytes: 2 ** 31,
  rankingBytes: 2 ** 20,
  waitMs: MINUTE,
}

const open = (options: EngineOptions = {}): Promise<Engine> =>
  openEngine(directory, { clock, code: 'test', training: TRAINING, ...options })

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'attune-training-'))
  clock = new ManualClock(START)
  directory = createWorkspace(data, 'shop', START).directory
  engine = await open()
})

afterEach(async () => {
  await engine.close()
  rmSync(data, { recursive: true, force: true })
})

function body(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

async function collect(batch: readonly object[]): Promise<void> {
  for (let from = 0; from < batch.length; from += 1_000) {
    await engine.collect('import', body({ batch: batch.slice(from, from + 1_000) }))
  }
  await engine.settled()
}

interface Step {
  readonly userId: string
  readonly item: string
  readonly at: number
}

const viewed = ({ userId, item, at }: Step) => ({
  type: 'track',
  event: 'Product Viewed',
  userId,
  timestamp: new Date(at).toISOString(),
  properties: { product_id: item },
})

/** People who look at ten of the twelve things of one kind in random order, one every six hours. */
function visits(random: Random, people: number, prefix = 'p'): Step[] {
  return Array.from({ length: people }, (_, p) => {
    const group = p % GROUPS
    const left = Array.from({ length: GROUP }, (__, k) => `g${group}-${k}`)
    const start = START - 20 * 86_400_000 + randomInt(random, 17 * 86_400_000)
    return Array.from({ length: 10 }, (__, k) => ({
      userId: `${prefix}${p}`,
      item: left.splice(randomInt(random, left.length), 1)[0] ?? '',
      at: start + k * 3_600_000 * 6,
    }))
  })
    .flat()
    .toSorted((a, b) => a.at - b.at)
}

async function fill(people = 240): Promise<void> {
  await collect(visits(seededRandom(5), people).map(viewed))
}

async function forYou(userId: string): Promise<readonly string[]> {
  const decision = await engine.decide({ userId, placements: ['home-for-you'] })
  return decision.placements['home-for-you']?.items.map(({ id }) => id) ?? []
}

const version = async (): Promise<string | null> => (await engine.models()).serving?.version ?? null

function fileOf(of: string): string {
  return join(directory, 'models', of, 'model')
}

describe('training in a workspace', () => {
  it('fits, judges, keeps a version with its lineage, and tells how it was chosen', async () => {
    await fill()
    const report = await engine.train({ models: ['popularity', 'item-knn'] })
    expect(['promoted', 'kept']).toContain(report.outcome)
    expect(report.version).toBe('v1')
    expect(report.data).toMatchObject({ events: 2_400, people: 240, items: 48, refused: 0 })
    const { manifest } = report
    expect(manifest).toMatchObject({ code: 'test', parent: null, observed: 2_400 })
    expect(['popularity', 'item-knn']).toContain(manifest?.model)
    expect(manifest?.judgement.blend.ndcg).toBeGreaterThan(0.3)
    expect(manifest?.judgement.people).toBeGreaterThan(15)
    expect(new Set(report.tried.map(({ model }) => model))).toEqual(
      new Set(['popularity', 'item-knn']),
    )
    expect((await engine.models()).versions).toEqual([manifest])
  })

  it('says politely that there is too little, and promotes nothing', async () => {
    expect(await engine.train()).toMatchObject({
      outcome: 'too-little',
      version: null,
      why: 'There are no events on items yet.',
    })
    const few = Array.from({ length: 10 }, (_, k) => ({ userId: 'a', item: 'only', at: START + k }))
    await collect(few.map(viewed))
    expect((await engine.train()).why).toMatch(/too little to learn from: 10 events/)
    const many = Array.from({ length: 200 }, (_, k) => ({
      userId: `p${k % 20}`,
      item: 'only',
      at: START + k,
    }))
    await collect(many.map(viewed))
    expect((await engine.train()).why).toMatch(/too little to learn from: 1 item,/)
    expect(await version()).toBeNull()
  })

  it('refuses the name of a model that does not exist', async () => {
    await expect(engine.train({ models: ['ease-wieghted'] })).rejects.toMatchObject({
      code: 'MODELS_UNKNOWN_MODEL',
      message: expect.stringMatching(/Did you mean ease-weighted\?/),
    })
    expect((await engine.models()).training).toMatchObject({ running: false })
  })

  it('runs one at a time, and is called off when the engine closes', async () => {
    await fill()
    const first = engine.train({ models: MODELS })
    const failed = expect(first).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
    expect(() => engine.startTraining()).toThrow(/under way/)
    await expect(engine.train()).rejects.toMatchObject({ code: 'TRAINING_BUSY' })
    expect((await engine.models()).training.running).toBe(true)
    await engine.close()
    await failed
    engine = await open()
  })

  it('decides while it trains', async () => {
    await fill()
    let decided = 0
    const training = engine.train({ models: MODELS })
    while ((await engine.models()).training.running) {
      expect((await forYou(`p${decided % 240}`)).length).toBe(10)
      decided++
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await training
    expect(decided).toBeGreaterThan(5)
  })
})

describe('consent to train', () => {
  const gate: ConsentGate = ({ context }, purposes = ['collect']) =>
    context['private'] === true && purposes.includes('train')
      ? { allowed: false, reason: 'the person keeps it private' }
      : { allowed: true }
  const privately = (step: Step) => ({ ...viewed(step), context: { private: true } })

  it('keeps people without it out of the models, the live ones too', async () => {
    await engine.close()
    engine = await open({ consent: gate })
    await fill(120)
    const secret = Array.from({ length: 40 }, (_, k) => [
      privately({ userId: `s${k}`, item: 'g0-1', at: START + k }),
      privately({ userId: `s${k}`, item: 'secret', at: START + k + 1 }),
    ]).flat()
    await collect(secret)
    const report = await engine.train({ models: MODELS })
    expect(report.data).toMatchObject({ events: 1_200, people: 120, refused: 80 })
    await collect([viewed({ userId: 'new', item: 'g0-1', at: START + 1e6 })])
    expect(await forYou('new')).not.toContain('secret')
    expect(await engine.profile('user_id', 's1')).toBeDefined()
  })

  it('says so when nobody gave it', async () => {
    await engine.close()
    engine = await open({ consent: gate })
    await collect(visits(seededRandom(1), 30).map(privately))
    expect(await engine.train()).toMatchObject({
      outcome: 'too-little',
      why: 'Nobody has allowed training: 300 events may not be learnt from.',
    })
  })
})

/** Rows in which each item goes with one other, which the live counts do not know. */
function oneNeighbourEach(): TrainedRelations {
  const items = GROUPS * GROUP
  const rows = RelationRows.of({
    rows: items,
    columns: items,
    start: Uint32Array.from({ length: items + 1 }, (_, n) => n),
    index: Int32Array.from({ length: items }, (_, n) => (n + 7) % items),
    value: new Float32Array(items).fill(1),
  })
  return new TrainedRelations(new Map([['next', { rows, weight: 0.8 }]]), new Float32Array(items))
}

describe('versions of a model', () => {
  let prepared = ''

  /** A workspace with two versions, which differ in their weight alone; v2 in service after v1. */
  beforeAll(async () => {
    prepared = mkdtempSync(join(tmpdir(), 'attune-versions-'))
    const filled = createWorkspace(prepared, 'shop', START).directory
    engine = await openEngine(filled, { clock: new ManualClock(START) })
    await fill()
    const { manifest } = await engine.train({ models: MODELS })
    const registry = new ModelRegistry(await openDirectoryArtifacts(join(filled, 'models')))
    if (manifest === null) throw new Error('no model was fitted')
    const second = { ...manifest, version: 'v2', weight: 0.2 }
    const relations = { file: oneNeighbourEach().encode(), judged: [] }
    await registry.put(second, await registry.file('v1'), relations)
    if ((await version()) === null) await engine.promoteModel('v1')
    await engine.promoteModel('v2')
    await engine.close()
  })

  beforeEach(async () => {
    await engine.close()
    rmSync(directory, { recursive: true })
    cpSync(workspaceDirectory(prepared, 'shop'), directory, { recursive: true })
    engine = await open()
  })

  afterAll(() => rmSync(prepared, { recursive: true, force: true }))

  it('serve, roll back and survive a restart and a rebuild', async () => {
    expect(await version()).toBe('v2')
    const lists = await forYou('p1')
    await engine.close()
    engine = await open()
    expect(await version()).toBe('v2')
    expect(await forYou('p1')).toEqual(lists)
    await engine.rollBackModel()
    expect(await version()).toBe('v1')
    await engine.close()
    await rebuildWorkspace(directory)
    engine = await open()
    expect(await engine.models()).toMatchObject({ serving: { version: 'v1' }, before: null })
    await engine.rollBackModel()
    expect(await version()).toBeNull()
    expect((await forYou('p1')).length).toBe(10)
    await expect(engine.rollBackModel()).rejects.toMatchObject({ code: 'TRAINING_NOTHING_BEFORE' })
  })

  it('have the rankings of everybody made in advance, which decide as new ones do', async () => {
    await engine.close()
    engine = await open({ training: { ...TRAINING, rankingBytes: 0 } })
    const people = ['p1', 'p2', 'p17', 'p239']
    const fresh = await Promise.all(people.map(forYou))
    expect((await engine.models()).lists).toEqual({ kept: 0, warming: expect.any(Boolean) })
    await engine.close()
    engine = await open()
    await vi.waitFor(
      async () => expect((await engine.models()).lists).toEqual({ kept: 240, warming: false }),
      { timeout: 30_000, interval: 20 },
    )
    expect(await Promise.all(people.map(forYou))).toEqual(fresh)
    const visit = ['g2-1', 'g2-2', 'g2-3', 'g2-4']
    await collect(visit.map((item, k) => viewed({ userId: 'p1', item, at: START + k })))
    expect((await forYou('p1'))[0]).toMatch(/^g2-/)
  })

  it('of two promotions at once one holds and the other is refused', async () => {
    await engine.rollBackModel()
    await engine.rollBackModel()
    const ends = await Promise.allSettled([engine.promoteModel('v1'), engine.promoteModel('v2')])
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ends.find((end) => end.status === 'rejected')).toMatchObject({
      reason: { code: 'TRAINING_PROMOTION_RACED' },
    })
    const { serving, promoted } = await engine.models()
    expect(serving?.version).toBe(promoted)
  })

  it('with a damaged file are refused, and the earlier one serves on, also after a restart', async () => {
    await engine.close()
    truncateSync(fileOf('v2'), statSync(fileOf('v2')).size - 100)
    const troubles: string[] = []
    engine = await open({ onTrouble: (code) => troubles.push(code) })
    expect(troubles).toContain('TRAINING_CORRUPT_VERSION')
    expect(await engine.models()).toMatchObject({
      serving: { version: 'v1' },
      promoted: 'v2',
      trouble: expect.stringMatching(/v2/),
    })
    await engine.promoteModel('v1')
    const corrupt = { code: 'TRAINING_CORRUPT_VERSION' }
    await expect(engine.promoteModel('v2')).rejects.toMatchObject(corrupt)
    expect(await version()).toBe('v1')
    const unknown = { code: 'TRAINING_UNKNOWN_VERSION' }
    await expect(engine.promoteModel('v9')).rejects.toMatchObject(unknown)
    await expect(engine.promoteModel('../v1')).rejects.toMatchObject(unknown)
  })

  it('have item-to-item rows beside them, which a damaged file leaves to the live counts', async () => {
    const related = async () => {
      const request = { placements: ['next-item'], context: { item: 'g1-3' } }
      const { items } = (await engine.decide(request)).placements['next-item'] ?? {}
      return items?.map(({ id, score }) => ({ id, score }))
    }
    await engine.putPlacement('next-item', {
      id: 'next-item',
      candidates: [{ source: 'nextItem' }],
    })
    const { versions } = await engine.models()
    const relations = versions[0]?.relations
    expect(relations).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    // Fitted with the first one.
    expect(versions[1]?.relations?.judged.map(({ relation }) => relation)).toContain('next')
    const trained = await related()
    const file = join(directory, 'models', 'v2', 'relations')
    await engine.close()
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const troubles: string[] = []
    engine = await open({ onTrouble: (code) => troubles.push(code) })
    expect(troubles).toEqual(['TRAINING_CORRUPT_VERSION'])
    expect(await engine.models()).toMatchObject({
      serving: { version: 'v2' },
      trouble: expect.stringMatching(/relations/),
    })
    const live = await related()
    expect(live).toHaveLength(10)
    expect(live).not.toEqual(trained)
    await engine.rollBackModel()
    await engine.rollBackModel()
    expect(await related()).toEqual(live)
    expect((await engine.models()).trouble).toBeNull()
  })

  it('are asked for what somebody unknown did in this visit', async () => {
    const rolled = async (session: readonly string[]) => {
      const decision = await engine.decide({ placements: ['home-for-you'], session })
      return decision.placements['home-for-you']?.items ?? []
    }
    const items = await rolled(['g3-1', 'g3-2'])
    expect(items.slice(0, 8).every(({ id }) => id.startsWith('g3-'))).toBe(true)
    expect(items[0]?.reasons[0]).toMatchObject({ type: 'viewed' })
    await engine.rollBackModel()
    await engine.rollBackModel()
    const byCounts = await rolled(['g3-1', 'g3-2'])
    expect(byCounts.map(({ score }) => score)).not.toEqual(items.map(({ score }) => score))
  })

  it('decide on without a model when no file can be read', async () => {
    await engine.close()
    for (const each of ['v1', 'v2']) writeFileSync(fileOf(each), 'broken')
    engine = await open()
    expect(await version()).toBeNull()
    expect((await forYou('p3')).length).toBe(10)
  })

  it('that cannot be read any more are no hurdle for a training', async () => {
    await engine.close()
    for (const each of ['v1', 'v2']) writeFileSync(fileOf(each), 'broken')
    engine = await open()
    const report = await engine.train({ models: MODELS })
    expect(['promoted', 'kept']).toContain(report.outcome)
    expect(report.why).toContain('the live counts alone')
  })

  it('stay in service when a training ends before its time', async () => {
    await engine.close()
    engine = await open({ training: { ...TRAINING, timeLimitMs: 1 } })
    await expect(engine.train()).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
    expect(await version()).toBe('v2')
    expect((await engine.models()).training.last).toMatchObject({ error: expect.any(String) })
  })

  it('stay in service when a training outgrows its memory', async () => {
    await engine.close()
    engine = await open({ training: { ...TRAINING, memoryBytes: 2 ** 27 } })
    const stopped = { code: 'TRAINING_STOPPED', message: expect.stringMatching(/memory was up/) }
    const training = engine.train({ models: MODELS })
    training.catch(() => undefined)
    const reading = async () => {
      const { running, step } = (await engine.models()).training
      return running && /^(Reading.*)?$/.test(step)
    }
    await vi.waitFor(async () => expect(await reading()).toBe(false), { timeout: MINUTE })
    // What the rest of the process takes counts, too: so much that what it gives back meanwhile is no matter.
    const taken = Buffer.alloc(2 ** 28, 1)
    await expect(training).rejects.toMatchObject(stopped)
    expect(taken).toHaveLength(2 ** 28)
    expect(await version()).toBe('v2')
    const { last } = (await engine.models()).training
    expect(last).toMatchObject({ error: expect.stringMatching(/memory was up/) })
  })

  it('are served to somebody new by what the person did, explained by it', async () => {
    await collect([viewed({ userId: 'new', item: 'g2-1', at: START })])
    const decision = await engine.decide({ userId: 'new', placements: ['home-for-you'] })
    const items = decision.placements['home-for-you']?.items ?? []
    expect(items.slice(0, 8).every(({ id }) => id.startsWith('g2-'))).toBe(true)
    expect(items[0]?.reasons[0]).toMatchObject({ type: 'viewed', item: 'g2-1' })
    expect(items[0]?.reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 3)
  })

  it('leave items that are newer than they are to the live counts', async () => {
    const seen = Array.from({ length: 30 }, (_, k) => [
      viewed({ userId: `late${k}`, item: 'g1-1', at: START + k * MINUTE }),
      viewed({ userId: `late${k}`, item: 'brand-new', at: START + k * MINUTE + 1_000 }),
    ])
    await collect(seen.flat())
    await collect([viewed({ userId: 'someone', item: 'g1-1', at: START + 60 * MINUTE })])
    expect(await forYou('someone')).toContain('brand-new')
  })
})
