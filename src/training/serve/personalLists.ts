import { ACTIONS, type Action } from '../../events/index.ts'
import type { HistoryEntry } from '../../profiles/index.ts'
import { NAMED } from './opinion.ts'
import type { Cause, PersonalRanking } from './personalRanking.ts'

/** Items kept of a person's ranking: enough for a slot of ten after filters, caps and what was seen. */
const ITEMS = 80
/** Items whose causes are kept: the leading ones that are not the person's own. */
const EXPLAINED = 24
/** People a chunk of memory. */
const CHUNK = 1_024
/** JavaScript memory of a person's entry in the index, bytes. */
const ENTRY_BYTES = 120
/** A list holds until the live counts have grown by this part of themselves. */
const GROWTH = 1 / 1_000

/** State of a person's behaviour: a list made at another one does not hold. */
export interface ListKey {
  readonly pid: string
  /** Events of the person so far. */
  readonly events: number
  /** Observations of the live counts so far. */
  readonly observed: number
}

/** A person's leading items as they were ranked. Valid until the next call of the lists. */
export interface KeptList {
  readonly count: number
  /** There were more items than are kept. */
  readonly more: boolean
  /** Distinct items of the history that the ranking was made from. */
  readonly sources: number
  readonly liveFactor: number
  itemAt(place: number): number
  scoreAt(place: number): number
  /** Undefined: not kept for this item. */
  causesOf(item: number): readonly Cause[] | undefined
}

/** Arrays for some people, one after the other. */
class Chunk {
  readonly item = new Int32Array(CHUNK * ITEMS)
  readonly score = new Float32Array(CHUNK * ITEMS)
  readonly explained = new Int32Array(CHUNK * EXPLAINED)
  readonly cause = new Int32Array(CHUNK * EXPLAINED * NAMED)
  readonly action = new Uint8Array(CHUNK * EXPLAINED * NAMED)
  readonly share = new Float32Array(CHUNK * EXPLAINED * NAMED)
  readonly count = new Uint8Array(CHUNK)
  readonly causes = new Uint8Array(CHUNK)
  readonly more = new Uint8Array(CHUNK)
  readonly sources = new Uint8Array(CHUNK)
  readonly liveFactor = new Float32Array(CHUNK)
  readonly events = new Float64Array(CHUNK)
  readonly observed = new Float64Array(CHUNK)
}

const PERSON_BYTES = 8 * ITEMS + (4 + 9 * NAMED) * EXPLAINED + 24

/**
 * Rankings made before, so that a decision need not make them again: flat arrays outside the heap, for as many people as
 * the memory allows; who was not asked for lately makes room (the clock algorithm). A list counts as long as the person
 * did nothing more and the live counts grew by less than a thousandth; in a small workspace that is never.
 */
export class PersonalLists {
  readonly #places = new Map<string, number>()
  readonly #pids: string[] = []
  readonly #chunks: Chunk[] = []
  readonly #used: Uint8Array
  readonly #capacity: number
  readonly #view = new ListView()
  #hand = 0

  /** @param bytes memory that the lists may take, about */
  constructor(bytes: number) {
    this.#capacity = Math.floor(bytes / (PERSON_BYTES + ENTRY_BYTES))
    this.#used = new Uint8Array(this.#capacity)
  }

  /** People that there is room for. */
  get capacity(): number {
    return this.#capacity
  }

  /** People whose lists are kept, those that do not hold any more included. */
  get size(): number {
    return this.#places.size
  }

  /** What is kept for a person, if it still holds. Cost: below 1 µs. */
  find({ pid, events, observed }: ListKey): KeptList | undefined {
    const place = this.#places.get(pid)
    if (place === undefined) return undefined
    const chunk = this.#chunks[Math.floor(place / CHUNK)] as Chunk
    const row = place % CHUNK
    const then = chunk.observed[row] as number
    if (chunk.events[row] !== events || observed - then > then * GROWTH) return undefined
    this.#used[place] = 1
    return this.#view.of(chunk, row)
  }

  /** Keeps the leading items of a ranking. Cost: about 20 µs. */
  keep(key: ListKey, ranking: PersonalRanking, history: readonly HistoryEntry[]): void {
    if (this.#capacity === 0) return
    const place = this.#placeFor(key.pid)
    const chunk = this.#chunks[Math.floor(place / CHUNK)] as Chunk
    const row = place % CHUNK
    const { ids, scores } = ranking.leading(ITEMS + 1)
    const count = Math.min(ids.length, ITEMS)
    chunk.item.set(ids.subarray(0, count), row * ITEMS)
    chunk.score.set(scores.subarray(0, count), row * ITEMS)
    chunk.count[row] = count
    chunk.more[row] = ids.length > ITEMS ? 1 : 0
    chunk.sources[row] = ranking.sources
    chunk.liveFactor[row] = ranking.liveFactor
    chunk.events[row] = key.events
    chunk.observed[row] = key.observed
    const own = new Set(history.map(({ item }) => item))
    const leading = Array.from(ids.subarray(0, count)).filter((item) => !own.has(item))
    this.#keepCauses(chunk, row, leading.slice(0, EXPLAINED), ranking)
  }

  /** Forgets all: another model is in service. */
  clear(): void {
    this.#places.clear()
    this.#pids.length = 0
    this.#chunks.length = 0
    this.#used.fill(0)
    this.#hand = 0
  }

  #keepCauses(chunk: Chunk, row: number, items: readonly number[], ranking: PersonalRanking): void {
    chunk.causes[row] = items.length
    chunk.explained.set(items, row * EXPLAINED)
    for (const [k, causes] of ranking.causes(items).entries()) {
      for (let named = 0; named < NAMED; named++) {
        const at = (row * EXPLAINED + k) * NAMED + named
        const { item, action, share } = causes[named] ?? NO_CAUSE
        chunk.cause[at] = item
        chunk.action[at] = CODES.get(action) ?? 0
        chunk.share[at] = share
      }
    }
  }

  #placeFor(pid: string): number {
    const known = this.#places.get(pid)
    if (known !== undefined) return known
    const place = this.#pids.length < this.#capacity ? this.#pids.length : this.#evict()
    if (place === this.#chunks.length * CHUNK) this.#chunks.push(new Chunk())
    this.#pids[place] = pid
    this.#places.set(pid, place)
    this.#used[place] = 1
    return place
  }

  /** Gives up the first person from the hand on who was not asked for since the hand passed. */
  #evict(): number {
    for (;;) {
      const place = this.#hand
      this.#hand = (this.#hand + 1) % this.#capacity
      if (this.#used[place] === 1) this.#used[place] = 0
      else {
        this.#places.delete(this.#pids[place] as string)
        return place
      }
    }
  }
}

const NO_CAUSE: Cause = { item: -1, action: 'view', share: 0 }
const CODES: ReadonlyMap<Action, number> = new Map(ACTIONS.map((action, code) => [action, code]))

/** One person's row; one object serves all calls. */
class ListView implements KeptList {
  #chunk!: Chunk
  #row = 0

  of(chunk: Chunk, row: number): this {
    this.#chunk = chunk
    this.#row = row
    return this
  }

  get count(): number {
    return this.#chunk.count[this.#row] as number
  }

  get more(): boolean {
    return this.#chunk.more[this.#row] === 1
  }

  get sources(): number {
    return this.#chunk.sources[this.#row] as number
  }

  get liveFactor(): number {
    return this.#chunk.liveFactor[this.#row] as number
  }

  itemAt(place: number): number {
    return this.#chunk.item[this.#row * ITEMS + place] as number
  }

  scoreAt(place: number): number {
    return this.#chunk.score[this.#row * ITEMS + place] as number
  }

  causesOf(item: number): readonly Cause[] | undefined {
    const { explained, causes, cause, action, share } = this.#chunk
    const first = this.#row * EXPLAINED
    const place = explained.subarray(first, first + (causes[this.#row] as number)).indexOf(item)
    if (place === -1) return undefined
    const found: Cause[] = []
    for (let at = (first + place) * NAMED; at < (first + place + 1) * NAMED; at++) {
      if ((share[at] as number) <= 0) continue
      found.push({
        item: cause[at] as number,
        action: ACTIONS[action[at] as number] as Action,
        share: share[at] as number,
      })
    }
    return found
  }
}
