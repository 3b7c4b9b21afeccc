import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, isJsonObject, type Json, type JsonObject } from '../base/index.ts'
import { checkItem, type Item } from '../catalog/index.ts'
import {
  addsToHistory,
  decide,
  type DecideRequest,
  historyOf,
  type Decision,
  parseDecideRequest,
  parsePlacement,
  type Placement,
  wantsRanking,
} from '../decisions/index.ts'
import { type DeadLetter, envelopeHeader, type Route } from '../events/index.ts'
import type { Profile, ProfileView } from '../profiles/index.ts'
import type { NewEntry } from '../store/index.ts'
import {
  type AtHand,
  promotionCommand,
  type TrainingReport,
  type TrainingState,
  type TrainOptions,
} from '../training/index.ts'
import { readConsented } from './consent.ts'
import { DecisionLog } from './decisionLog.ts'
import type { CollectResult, Engine, EngineStatus, Page, UpsertResult } from './engine.ts'
import { type EntryContent, jsonBytes } from './entry.ts'
import { appErrors } from './errors.ts'
import type { FedEvent } from './liveFeed.ts'
import {
  Modelling,
  type ModellingParts,
  type ModelsView,
  type TrainingSettings,
} from './modelling.ts'
import { parseUnmerge, unmergeCommand } from './unmerge.ts'
import type { OpenedWorld } from './world.ts'

const ANALYSED_MS = 30_000
const POLL_MS = 50
const ITEMS_A_PAGE = 1_000
/** Items an entry of the log at the most: keeps the projector's slices short. */
const ITEMS_AN_ENTRY = 500

/** What the live feed says of a message that consent does not allow: nothing about the person. */
const REFUSED = { type: 'unknown', name: '', person: '', fate: 'refused' } as const

export interface WorkspaceParts {
  readonly name: string
  readonly directory: string
  readonly clock: Clock
  readonly maxPendingBytes: number
  readonly newId: () => string
  readonly world: OpenedWorld
  readonly training: TrainingSettings
  readonly code: string
}

/** The engine of one workspace over its opened stores and projections. */
export class WorkspaceEngine implements Engine {
  readonly name: string
  readonly directory: string
  readonly #parts: WorkspaceParts
  readonly #world: OpenedWorld
  readonly #decisions: DecisionLog
  #modelling!: Modelling
  readonly #openedAt: number

  private constructor(parts: WorkspaceParts) {
    this.#parts = parts
    this.#world = parts.world
    this.name = parts.name
    this.directory = parts.directory
    this.#openedAt = parts.clock.now()
    const { storage, projector, onTrouble } = parts.world
    this.#decisions = new DecisionLog(
      storage.log,
      (entry, bytes) => projector.offer(entry, bytes),
      onTrouble,
    )
  }

  /** Opens the models over an opened world, which is closed again when that fails. */
  static async open(parts: WorkspaceParts): Promise<WorkspaceEngine> {
    const engine = new WorkspaceEngine(parts)
    try {
      engine.#modelling = await Modelling.open(engine.#modellingParts())
    } catch (error) {
      await parts.world.close()
      throw error
    }
    return engine
  }

  async collect(route: Route, body: Uint8Array): Promise<CollectResult> {
    this.#admit()
    this.#world.projector.arrived()
    const receivedAt = this.#parts.clock.now()
    const {
      body: kept,
      parsed,
      refused,
    } = readConsented(route, body, receivedAt, this.#world.consent)
    for (let i = 0; i < refused; i++) this.#world.feed.add({ ...REFUSED, receivedAt })
    const accepted = parsed.events.length
    const { rejections } = parsed
    const result = { accepted, rejected: rejections.length, refused, rejections }
    if (kept === undefined || accepted + rejections.length === 0) return result
    const count = accepted + rejections.length
    const prefix = envelopeHeader(route)
    await this.#append(
      { kind: 'messages', receivedAt, count, prefix, bytes: kept },
      { kind: 'messages', body: parsed },
    )
    this.#world.feed.count(receivedAt, accepted, 0)
    return result
  }

  async decide(raw: unknown): Promise<Decision> {
    const { catalog, persons, models, placements, feed } = this.#world
    const { serving, relations } = this.#modelling
    const request = parseDecideRequest(raw)
    const now = this.#parts.clock.now()
    const { identifiers } = request
    // Nearly always in memory: a promise less.
    const find = () => persons.findCached(identifiers) ?? persons.find(identifiers)
    const found = identifiers.length === 0 ? undefined : find()
    let profile = found instanceof Promise ? await found : found
    let atHand = this.#keptFor(request, profile, now)
    if (atHand === undefined) {
      // What is kept of a person does not know what this visit adds.
      const listed = () => (addsToHistory(request, { profile, catalog, now }) ? undefined : profile)
      const consulted = wantsRanking(request, placements)
        ? serving.consult(listed(), () => historyOf(request, { profile, catalog, now }))
        : undefined
      const trained = consulted && (await consulted)
      // Meanwhile the person may have become part of another, or have left the memory.
      if (consulted !== undefined && profile !== undefined) profile = await find()
      atHand = serving.atHand(listed(), trained)
    }
    const { trained, kept, onRanked } = atHand
    const made = decide(request, {
      trained,
      kept,
      ...(onRanked && { onRanked }),
      profile,
      models,
      relations,
      catalog,
      placements,
      now,
      decisionId: this.#parts.newId(),
    })
    feed.count(now, 0, 1)
    const { record, numbers } = made
    if (!request.dryRun) this.#decisions.add({ record, numbers })
    return request.withItems ? this.#withItems(made.decision) : made.decision
  }

  async upsertItems(body: unknown): Promise<UpsertResult> {
    this.#admit()
    const { items, removed } = readUpload(body)
    const kept: Item[] = []
    const rejected: { index: number; code: string; reason: string }[] = []
    items.forEach((raw, index) => {
      const checked = checkItem(raw)
      if ('item' in checked) kept.push(checked.item)
      else rejected.push({ index, ...checked })
    })
    for (let i = 0; i < kept.length || (i === 0 && removed.length > 0); i += ITEMS_AN_ENTRY) {
      await this.#appendItems(kept.slice(i, i + ITEMS_AN_ENTRY), i === 0 ? removed : [])
    }
    await this.settled()
    return { upserted: kept.length, deleted: removed.length, rejected }
  }

  async item(id: string): Promise<Item | undefined> {
    const [item] = await this.itemsById([id])
    return item
  }

  async itemsById(ids: readonly string[]): Promise<readonly Item[]> {
    const { catalog } = this.#world
    const numbers = ids.map((id) => catalog.numberOf(id)).filter((n) => n !== undefined)
    return catalog.items(numbers)
  }

  async listItems(after: string, limit: number): Promise<Page<Item>> {
    const { catalog } = this.#world
    if (!/^\d{0,15}$/.test(after)) throw appErrors.APP_INVALID_CURSOR()
    const start = Number(after)
    const end = Math.min(catalog.size, start + Math.min(limit, ITEMS_A_PAGE))
    const numbers = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
    return { rows: await catalog.items(numbers), next: end < catalog.size ? String(end) : null }
  }

  async profile(type: string, value: string): Promise<ProfileView | undefined> {
    const { persons, catalog } = this.#world
    return persons.view({ type, value }, this.#parts.clock.now(), (n) => catalog.idOf(n))
  }

  placements(): readonly Placement[] {
    return this.#world.placements.list()
  }

  placement(id: string, version?: number): Placement | undefined {
    return this.#world.placements.get(id, version)
  }

  async putPlacement(id: string, document: unknown): Promise<Placement> {
    const placement = parsePlacement(isJsonObject(document) ? { ...document, id } : document)
    await this.#command({ command: 'put-placement', document: { ...placement } })
    return this.#world.placements.get(id) ?? placement
  }

  async unmerge(request: unknown): Promise<{ readonly pids: readonly string[] }> {
    const offset = await this.#command(unmergeCommand(parseUnmerge(request)))
    const outcome = this.#world.projection.takeOutcome(offset) ?? { pids: [] }
    if ('error' in outcome) throw outcome.error
    return outcome
  }

  async analytics(
    query: string,
    params: Readonly<Record<string, Json>>,
  ): Promise<readonly Readonly<Record<string, Json>>[]> {
    return this.#world.storage.analytics.query(query, params)
  }

  recentEvents(after: number, limit: number): { events: readonly FedEvent[]; last: number } {
    return this.#world.feed.since(after, limit)
  }

  async deadLetters(before: string, limit: number): Promise<Page<DeadLetter>> {
    return this.#world.deadLetters.list(before, limit)
  }

  async status(): Promise<EngineStatus> {
    const { storage, projector, projection, catalog, feed } = this.#world
    const now = this.#parts.clock.now()
    return {
      workspace: this.name,
      openedAt: this.#openedAt,
      ...projection.countsNow(),
      items: catalog.size,
      corruptEntries: this.#world.corruptEntries(),
      decisionsLost: this.#decisions.lost,
      lag: projector.lag(now),
      pendingBytes: storage.log.pendingBytes(),
      log: {
        head: storage.log.head(),
        applied: projector.applied,
        committed: projector.committed,
      },
      trouble: projector.trouble,
      rate: feed.rates(now),
    }
  }

  models(): Promise<ModelsView> {
    return this.#modelling.view()
  }

  train(options: TrainOptions = {}): Promise<TrainingReport> {
    return this.#modelling.train(options)
  }

  startTraining(options: TrainOptions = {}): TrainingState {
    return this.#modelling.start(options)
  }

  async promoteModel(version: string): Promise<ModelsView> {
    await this.#modelling.promote(version)
    return this.#modelling.view()
  }

  async rollBackModel(): Promise<ModelsView> {
    await this.#modelling.rollBack()
    return this.#modelling.view()
  }

  gauges(): { lagEntries: number; pendingBytes: number; applied: number } {
    const { storage, projector } = this.#world
    return {
      lagEntries: storage.log.head() - projector.applied,
      pendingBytes: storage.log.pendingBytes(),
      applied: projector.applied,
    }
  }

  async settled(): Promise<void> {
    await this.#decisions.flush()
    await this.#world.projector.settled(this.#world.storage.log.head())
  }

  async close(): Promise<void> {
    await this.#modelling.close()
    await this.#decisions.close()
    await this.#world.close()
  }

  /** The ranking that was kept of a person of whom the request tells nothing new. */
  #keptFor(request: DecideRequest, profile: Profile | undefined, now: number): AtHand | undefined {
    const { catalog } = this.#world
    if (profile === undefined || addsToHistory(request, { profile, catalog, now })) return undefined
    const kept = this.#modelling.serving.kept(profile)
    return kept && { trained: undefined, kept }
  }

  #admit(): void {
    const waiting = this.#world.storage.log.pendingBytes()
    if (waiting > this.#parts.maxPendingBytes) {
      throw appErrors.APP_OVERLOADED(`${waiting} bytes wait for the disk`)
    }
  }

  #modellingParts(): ModellingParts {
    const { clock, code, training, world } = this.#parts
    const { storage, catalog, models, persons, pointer, projector, onTrouble } = world
    return {
      analytics: storage.analytics,
      artifacts: storage.models,
      catalog,
      live: models,
      pointer,
      clock,
      code,
      settings: training,
      command: async (promotion) => {
        const offset = await this.#command(promotionCommand(promotion))
        const outcome = world.projection.takeOutcome(offset)
        if (outcome !== undefined && 'error' in outcome) throw outcome.error
      },
      caughtUp: () => this.#analysed(),
      people: {
        count: () => persons.stored(),
        visit: (after, limit, each) => persons.visit(after, limit, each),
      },
      idle: () => projector.lag(clock.now()).entries === 0,
      onTrouble,
    }
  }

  /** Everything collected so far is in the analytics rows, or half a minute is over: traffic may be heavy. */
  async #analysed(): Promise<void> {
    const { projector, storage, analytics } = this.#world
    const head = storage.log.head()
    for (let waited = 0; projector.committed < head && waited < ANALYSED_MS; waited += POLL_MS) {
      await sleep(POLL_MS)
    }
    await analytics.flush()
  }

  async #append(entry: NewEntry, content: EntryContent): Promise<number> {
    const { storage, projector } = this.#world
    const { receivedAt, count, bytes } = entry
    const offset = await storage.log.append(entry)
    projector.offer({ offset, receivedAt, count, content }, bytes.length)
    return offset
  }

  async #appendItems(items: readonly Item[], removed: readonly string[]): Promise<void> {
    const bytes = jsonBytes({ items, delete: removed })
    const count = Math.max(1, items.length + removed.length)
    const content: EntryContent = { kind: 'items', items, removed }
    const receivedAt = this.#parts.clock.now()
    await this.#append({ kind: 'items', receivedAt, count, bytes }, content)
  }

  async #command(command: JsonObject): Promise<number> {
    const content: EntryContent = { kind: 'command', command }
    const receivedAt = this.#parts.clock.now()
    const entry = { kind: 'command', receivedAt, count: 1, bytes: jsonBytes(command) } as const
    const offset = await this.#append(entry, content)
    await this.settled()
    return offset
  }

  async #withItems(decision: Decision): Promise<Decision> {
    const placements: Record<string, Decision['placements'][string]> = {}
    for (const [id, slot] of Object.entries(decision.placements)) {
      const found = await this.itemsById(slot.items.map((item) => item.id))
      const byId = new Map(found.map((item) => [item.id, item]))
      const items = slot.items.map((shown) => {
        const item = byId.get(shown.id)
        return item === undefined ? shown : { ...shown, item }
      })
      placements[id] = { ...slot, items }
    }
    return { ...decision, placements }
  }
}

function readUpload(body: unknown): { items: readonly unknown[]; removed: readonly string[] } {
  const upload = isJsonObject(body) ? body : {}
  const items = upload['items'] ?? []
  const removed = upload['delete'] ?? []
  if (!Array.isArray(items) || !Array.isArray(removed)) throw appErrors.APP_INVALID_ITEMS()
  if (items.length + removed.length === 0) throw appErrors.APP_INVALID_ITEMS()
  const ids = removed.filter((id): id is string => typeof id === 'string' && id !== '')
  if (ids.length !== removed.length) throw appErrors.APP_INVALID_ITEMS('delete is a list of ids')
  return { items, removed: ids }
}
