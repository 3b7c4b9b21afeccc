import { isJsonObject, type Json, type JsonObject } from '../base/index.ts'
import type { DecisionRecord } from '../decisions/index.ts'
import type { AttuneEvent } from '../events/index.ts'
import type { DecisionMatch, ItemInteraction } from '../profiles/index.ts'
import {
  type AnalyticsRow,
  AnalyticsRows,
  type AnalyticsStore,
  type StateStore,
} from '../store/index.ts'

const TOPIC = 'analytics'
const DRAIN_MS = 1_000
const ENTRIES_A_DRAIN = 32

/** Rows on their way to the AnalyticsStore: through the outbox, so that none is lost or doubled. */
export class AnalyticsFeed {
  readonly #state: StateStore
  readonly #analytics: AnalyticsStore
  readonly #onTrouble: (error: unknown) => void
  readonly #rows = new AnalyticsRows()
  #timer: NodeJS.Timeout | undefined
  #draining: Promise<void> = Promise.resolve()
  #closed = false

  constructor(state: StateStore, analytics: AnalyticsStore, onTrouble: (error: unknown) => void) {
    this.#state = state
    this.#analytics = analytics
    this.#onTrouble = onTrouble
  }

  /** @param trains whether models may learn from the event */
  addEvent(
    pid: string,
    event: AttuneEvent,
    interactions: readonly ItemInteraction[],
    matches: readonly (DecisionMatch | undefined)[],
    trains: boolean,
  ): void {
    if (interactions.length === 0) {
      this.#rows.add(eventRow(pid, event, undefined, undefined, trains))
      return
    }
    for (let i = 0; i < interactions.length; i++) {
      this.#rows.add(eventRow(pid, event, interactions[i], matches[i], trains))
    }
  }

  addDecision(pid: string, record: DecisionRecord): void {
    for (const shown of record.lists) {
      this.#rows.add(decisionRow(pid, record, shown.placement, shown.items.length))
    }
  }

  /** The rows since the last call as one outbox message, or undefined without rows. */
  drain(): { topic: string; bytes: Uint8Array } | undefined {
    return this.#rows.count === 0 ? undefined : { topic: TOPIC, bytes: this.#rows.take() }
  }

  /** Moves committed rows on within a second. */
  wake(): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#draining = this.#draining.then(() => this.#move())
    }, DRAIN_MS)
  }

  /** Moves what is committed now; resolves when it can be queried. */
  async flush(): Promise<void> {
    this.#draining = this.#draining.then(() => this.#move())
    await this.#draining
  }

  /** Waits for the move under way. What has not moved stays in the outbox until the next start. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#draining
  }

  async #move(): Promise<void> {
    try {
      for (;;) {
        const waiting = await this.#state.outbox(TOPIC, ENTRIES_A_DRAIN)
        const last = waiting.at(-1)
        if (last === undefined || this.#closed) return
        for (const { id, bytes } of waiting) await this.#analytics.append(bytes, id)
        await this.#state.commit({ puts: [], outboxDone: [{ topic: TOPIC, upTo: last.id }] })
      }
    } catch (error) {
      this.#onTrouble(error)
      this.wake()
    }
  }
}

function eventRow(
  pid: string,
  event: AttuneEvent,
  interaction: ItemInteraction | undefined,
  match: DecisionMatch | undefined,
  trains: boolean,
): AnalyticsRow {
  return {
    pid,
    time: event.timestamp,
    receivedAt: event.receivedAt,
    type: event.type,
    event: event.name,
    item: interaction?.item ?? null,
    value: interaction?.value ?? null,
    quantity: interaction?.quantity ?? null,
    order: interaction?.order ?? null,
    decision: match?.decision ?? event.decisionId ?? null,
    placement: match?.placement ?? null,
    position: match?.position ?? interaction?.position ?? null,
    device: deviceOf(event.context),
    country: countryOf(event.context),
    action: interaction?.action ?? null,
    itemNumber: interaction?.number ?? null,
    trains: trains ? 1 : 0,
  }
}

function decisionRow(
  pid: string,
  record: DecisionRecord,
  placement: string,
  shown: number,
): AnalyticsRow {
  return {
    pid,
    time: record.at,
    receivedAt: record.at,
    type: 'decision',
    event: placement,
    item: null,
    value: null,
    quantity: shown,
    order: null,
    decision: record.id,
    placement,
    position: null,
    device: null,
    country: null,
    action: null,
    itemNumber: null,
    trains: null,
  }
}

/** phone, tablet, desktop or null, from context.device.type or the user agent. */
export function deviceOf(context: JsonObject): string | null {
  const named = textAt(context, 'device', 'type')?.toLowerCase()
  if (named === 'tablet' || named === 'desktop') return named
  if (named === 'phone' || named === 'mobile' || named === 'ios' || named === 'android') {
    return 'phone'
  }
  const agent = context['userAgent']
  if (typeof agent !== 'string' || !agent.startsWith('Mozilla/')) return null
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(agent)) return 'tablet'
  return /Mobi|iPhone|Android/.test(agent) ? 'phone' : 'desktop'
}

/** ISO 3166-1 alpha-2 from context.location.country, or null. */
export function countryOf(context: JsonObject): string | null {
  const country = textAt(context, 'location', 'country')
  return country !== undefined && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : null
}

function textAt(from: JsonObject, outer: string, inner: string): string | undefined {
  const child: Json | undefined = from[outer]
  if (!isJsonObject(child)) return undefined
  const value = child[inner]
  return typeof value === 'string' ? value : undefined
}
