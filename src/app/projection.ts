import { AttuneError, type JsonObject } from '../base/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { Placements } from '../decisions/index.ts'
import {
  type AttuneEvent,
  type DeadLetters,
  type ParsedBody,
  type Rejection,
} from '../events/index.ts'
import {
  type DecisionMatch,
  identifiersOf,
  type ItemInteraction,
  type Persons,
} from '../profiles/index.ts'
import type { ConsentGate } from '../privacy/index.ts'
import type { EventLog, StatePut } from '../store/index.ts'
import { type LiveModels, type ModelPointer, PROMOTE, readPromotion } from '../training/index.ts'
import type { AnalyticsFeed } from './analyticsFeed.ts'
import type { EntryContent, ReadableEntry } from './entry.ts'
import type { LiveFeed } from './liveFeed.ts'
import { numberedInteractions, parseUnmerge, personRecords, shownLists } from './unmerge.ts'

/** Everything that one log entry can change. */
export interface ProjectedWorld {
  readonly log: EventLog
  readonly catalog: Catalog
  readonly persons: Persons
  readonly models: LiveModels
  readonly placements: Placements
  readonly deadLetters: DeadLetters
  readonly analytics: AnalyticsFeed
  readonly feed: LiveFeed
  readonly pointer: ModelPointer
  readonly consent: ConsentGate
}

/** What came of a command that somebody waits for. */
export type CommandOutcome = { readonly pids: readonly string[] } | { readonly error: unknown }

export interface ProjectionCounts {
  events: number
  rejected: number
  duplicates: number
  decisions: number
  persons: number
}

/**
 * Applies log entries to the in-memory state of a workspace, one after the other.
 * A function of the log alone: no clock, no randomness, no dependence on how entries are grouped.
 */
export class Projection {
  readonly #world: ProjectedWorld
  readonly #onTrouble: (error: unknown) => void
  readonly #personsAtStart: number
  readonly #outcomes = new Map<number, CommandOutcome>()
  readonly counts: ProjectionCounts

  constructor(
    world: ProjectedWorld,
    counts: ProjectionCounts,
    onTrouble: (error: unknown) => void,
  ) {
    this.#world = world
    this.#personsAtStart = counts.persons
    this.#onTrouble = onTrouble
    this.counts = counts
  }

  /** Loads what `apply` will need for these entries. */
  async prepare(entries: readonly ReadableEntry[]): Promise<void> {
    const ofEvents = entries.flatMap(({ content }) =>
      content.kind === 'messages' ? content.body.events.map(identifiersOf) : [],
    )
    const ofDecisions = entries.flatMap(({ content }) =>
      content.kind === 'decisions' ? content.records.map(({ identifiers }) => identifiers) : [],
    )
    await this.#world.persons.prefetch(ofEvents, ofDecisions)
  }

  /** @returns a promise when the entry is a command that takes time; wait for it before the next entry */
  apply(entry: ReadableEntry): Promise<void> | undefined {
    const { content } = entry
    switch (content.kind) {
      case 'messages':
        this.#applyMessages(entry, content.body)
        return undefined
      case 'decisions':
        this.#applyDecisions(entry, content)
        return undefined
      case 'items':
        this.#applyItems(entry, content)
        return undefined
      case 'command':
        if (content.command['command'] === 'unmerge') return this.#unmerge(entry, content.command)
        this.#applyCommand(content, entry)
        return undefined
    }
  }

  /** What a command at `offset` did; can be asked for once. */
  takeOutcome(offset: number): CommandOutcome | undefined {
    const outcome = this.#outcomes.get(offset)
    this.#outcomes.delete(offset)
    return outcome
  }

  /** Totals since the first event, up to what has been applied. */
  countsNow(): Readonly<ProjectionCounts> {
    this.counts.persons = this.#personsAtStart + this.#world.persons.grown
    return this.counts
  }

  /** What was drained is stored. */
  settle(): void {
    this.#world.catalog.settle()
    this.#world.persons.settle()
  }

  /**
   * Rows that changed since the last call, in an order that depends on the log alone. In parts that are made when they are
   * asked for: take all of them before anything else is applied.
   */
  *drain(): Generator<readonly StatePut[]> {
    const { catalog, persons, placements, deadLetters, pointer } = this.#world
    this.countsNow()
    yield catalog.drain()
    yield* persons.drain()
    yield [...placements.drain(), ...deadLetters.drain(), ...pointer.drain()]
  }

  #applyMessages(entry: ReadableEntry, body: ParsedBody): void {
    for (let i = 0; i < body.events.length; i++) {
      const event = body.events[i]
      if (event !== undefined) this.#applyOrReject(entry, body.indexes[i] ?? i, event)
    }
    for (const rejection of body.rejections) this.#reject(entry, rejection)
  }

  #reject(entry: ReadableEntry, rejection: Rejection): void {
    const { receivedAt } = entry
    const { code, reason } = rejection
    this.counts.rejected++
    this.#world.deadLetters.add(entry.offset, receivedAt, rejection)
    const fate = 'rejected'
    this.#world.feed.add({ receivedAt, type: 'unknown', name: '', person: '', fate, code, reason })
  }

  /** A fault of ours in one event must not stop all that follow it. */
  #applyOrReject(entry: ReadableEntry, index: number, event: AttuneEvent): void {
    try {
      this.#applyEvent(entry, index, event)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const { messageId } = event
      this.#reject(entry, { code: 'APP_EVENT_FAILED', reason, index, messageId })
      this.#onTrouble(error)
    }
  }

  #applyEvent(entry: ReadableEntry, index: number, event: AttuneEvent): void {
    const { persons, models, analytics } = this.#world
    const interactions = numberedInteractions(event, this.#world.catalog)
    const applied = persons.apply(event, interactions, { offset: entry.offset, index })
    if (applied === undefined) {
      const reason = 'every identifier of the event is a blocked value'
      const { messageId } = event
      this.#reject(entry, { code: 'EVENTS_NO_IDENTITY', reason, index, messageId })
      return
    }
    if (applied.outcome === 'duplicate') {
      this.counts.duplicates++
      this.#show(event, interactions, 'duplicate', undefined)
      return
    }
    this.counts.events++
    const trains = this.#world.consent(event, ['train']).allowed
    if (interactions.length > 0 && trains) {
      models.observe(asObserved(interactions, event.timestamp), applied.historyBefore())
    }
    analytics.addEvent(applied.pid, event, interactions, applied.match, trains)
    this.#show(event, interactions, 'applied', applied.match[0])
  }

  #show(
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    fate: 'applied' | 'duplicate',
    match: DecisionMatch | undefined,
  ): void {
    const item = interactions[0]?.item
    const decisionId = match?.decision ?? event.decisionId
    this.#world.feed.add({
      receivedAt: event.receivedAt,
      type: event.type,
      name: event.name,
      person: event.identifiers[0]?.value ?? '',
      fate,
      ...(item === undefined ? {} : { item }),
      ...(decisionId === undefined ? {} : { decisionId }),
      ...(match?.placement === undefined ? {} : { placement: match.placement }),
      ...(match?.position === undefined ? {} : { position: match.position }),
    })
  }

  #applyDecisions(
    entry: ReadableEntry,
    content: Extract<EntryContent, { kind: 'decisions' }>,
  ): void {
    content.records.forEach((record, index) => {
      this.counts.decisions++
      const { identifiers } = record
      const at = { offset: entry.offset, index }
      const lists = shownLists(record, this.#world.catalog, content.numbers?.[index])
      const pid = this.#world.persons.applyDecision({ identifiers, lists }, at)?.pid
      if (pid !== undefined) this.#world.analytics.addDecision(pid, record)
    })
  }

  #applyItems(entry: ReadableEntry, content: Extract<EntryContent, { kind: 'items' }>): void {
    for (const item of content.items) this.#world.catalog.upsert(item, entry.receivedAt)
    for (const id of content.removed) this.#world.catalog.remove(id)
  }

  #applyCommand(
    { command }: Extract<EntryContent, { kind: 'command' }>,
    { offset, receivedAt }: ReadableEntry,
  ): void {
    if (command['command'] === 'put-placement') {
      this.#world.placements.put(command['document'], receivedAt)
    } else if (command['command'] === PROMOTE) {
      try {
        this.#world.pointer.apply(readPromotion(command), receivedAt)
      } catch (error) {
        this.#outcomes.set(offset, { error })
      }
    }
  }

  /** A command that has to read the log; nothing else may be applied until it resolves. */
  async #unmerge(entry: ReadableEntry, command: JsonObject): Promise<void> {
    const { log, catalog, persons } = this.#world
    const { offset, receivedAt } = entry
    try {
      const { first, second } = command
      const records = personRecords(log, catalog, offset)
      const at = { offset, index: 0, time: receivedAt }
      const { pids } = await persons.unmerge(parseUnmerge({ first, second }), records, at)
      this.#outcomes.set(offset, { pids })
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#outcomes.set(offset, { error })
    }
  }
}

/** An answer to the command, the same in every replay; anything else (a read that failed) is tried again. */
function isRefusal(error: unknown): boolean {
  return error instanceof AttuneError && /^(PROFILES_|APP_INVALID_)/.test(error.code)
}

function asObserved(interactions: readonly ItemInteraction[], time: number) {
  return interactions.map(({ number, action, value, order }) => ({
    item: number,
    action,
    time,
    value,
    order,
  }))
}
