import { ACTIONS, type Action } from '../../events/index.ts'
import type { HistoryEntry } from '../../profiles/index.ts'
import { NAMED } from './opinion.ts'
import type { Cause, KeptList, RankedItems } from './keptList.ts'
import type { PersonalRanking } from './personalRanking.ts'

/** Items kept of a person's ranking: enough for a slot of ten after filters and caps. */
const OTHERS = 56
/** The person's own items among them are counted apart: most placements leave them out, and they often lead. */
const OWN = 16
const ITEMS = OTHERS + OWN
/** Others whose causes are kept; those of the own items all are. */
const EXPLAINED_OTHERS = 30
const EXPLAINED = EXPLAINED_OTHERS + OWN
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

/** Arrays for some people, one after the other. */
class Chunk {
  /** An own item as its complement, below 0. */
  readonly item = new Int32Array(CHUNK * ITEMS)
  readonly score = new Float32Array(CHUNK * ITEMS)
  /** Of the first others in their order, then of the own items in theirs. */
  readonly cause = new Int32Array(CHUNK * EXPLAINED * NAMED)
  readonly action = new Uint8Array(CHUNK * EXPLAINED * NAMED)
  /** In 65,535ths. */
  readonly share = new Uint16Array(CHUNK * EXPLAINED * NAMED)
  readonly count = new Uint8Array(CHUNK)
  readonly more = new Uint8Array(CHUNK)
  readonly sources = new Uint8Array(CHUNK)
  readonly liveFactor = new Float32Array(CHUNK)
  readonly events = new Float64Array(CHUNK)
  readonly observed = new Float64Array(CHUNK)
}

const PERSON_BYTES = 8 * ITEMS + 7 * NAMED * EXPLAINED + 24

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
    const own = new Set(history.map(({ item }) => item))
    const others = ranking.leading(OTHERS + 1, own)
    const mine = ranking.leadingOf(own, OWN)
    const count = writeMerged(chunk, row * ITEMS, others, mine)
    chunk.count[row] = count
    chunk.more[row] = others.ids.length > OTHERS ? 1 : 0
    chunk.sources[row] = ranking.sources
    chunk.liveFactor[row] = ranking.liveFactor
    chunk.events[row] = key.events
    chunk.observed[row] = key.observed
    const explained = [...others.ids.subarray(0, EXPLAINED_OTHERS), ...mine.ids]
    const causes = ranking.causes(explained)
    const explainedOthers = explained.length - mine.ids.length
    writeCauses(chunk, row * EXPLAINED, causes.slice(0, explainedOthers))
    writeCauses(chunk, row * EXPLAINED + EXPLAINED_OTHERS, causes.slice(explainedOthers))
  }

  /** Forgets all: another model is in service. */
  clear(): void {
    this.#places.clear()
    this.#pids.length = 0
    this.#chunks.length = 0
    this.#used.fill(0)
    this.#hand = 0
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

/** Writes two rankings as one, the first without what is beyond OTHERS; ids of both are apart. @returns how many */
function writeMerged(chunk: Chunk, from: number, others: RankedItems, own: RankedItems): number {
  const ends = [Math.min(others.ids.length, OTHERS), own.ids.length] as const
  let [k, o] = [0, 0]
  for (let at = from; k < ends[0] || o < ends[1]; at++) {
    const isOwn = k === ends[0] || (o < ends[1] && goesBefore(own, o, others, k))
    const ranked = isOwn ? own : others
    const place = isOwn ? o++ : k++
    const item = ranked.ids[place] as number
    chunk.item[at] = isOwn ? ~item : item
    chunk.score[at] = ranked.scores[place] as number
  }
  return k + o
}

/** Writes the causes of one item after the other. */
function writeCauses(
  { cause, action, share }: Chunk,
  from: number,
  causes: readonly (readonly Cause[])[],
): void {
  for (let at = 0; at < causes.length * NAMED; at++) {
    const one = causes[Math.floor(at / NAMED)]?.[at % NAMED] ?? NO_CAUSE
    cause[from * NAMED + at] = one.item
    action[from * NAMED + at] = CODES.get(one.action) ?? 0
    share[from * NAMED + at] = Math.round(one.share * WHOLE)
  }
}

/** By score, then by the smaller number. */
function goesBefore(a: RankedItems, i: number, b: RankedItems, k: number): boolean {
  const difference = (a.scores[i] as number) - (b.scores[k] as number)
  return difference > 0 || (difference === 0 && (a.ids[i] as number) < (b.ids[k] as number))
}

const WHOLE = 65_535
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
    const item = this.#chunk.item[this.#row * ITEMS + place] as number
    return item < 0 ? ~item : item
  }

  scoreAt(place: number): number {
    return this.#chunk.score[this.#row * ITEMS + place] as number
  }

  scoreOf(item: number): number {
    const { item: items, score } = this.#chunk
    const from = this.#row * ITEMS
    for (let at = from; at < from + this.count; at++) {
      if (items[at] === item || items[at] === ~item) return score[at] as number
    }
    return 0
  }

  causesOf(item: number): readonly Cause[] | undefined {
    const place = this.explainedPlace(item)
    if (place < 0) return undefined
    const found: Cause[] = []
    for (let k = 0; k < NAMED; k++) {
      const share = this.shareAt(place, k)
      if (share === 0) continue
      const action = ACTIONS[this.actionAt(place, k)] as Action
      found.push({ item: this.causeAt(place, k), action, share })
    }
    return found
  }

  causeAt(place: number, k: number): number {
    return this.#chunk.cause[place * NAMED + k] as number
  }

  actionAt(place: number, k: number): number {
    return this.#chunk.action[place * NAMED + k] as number
  }

  shareAt(place: number, k: number): number {
    return (this.#chunk.share[place * NAMED + k] as number) / WHOLE
  }

  explainedPlace(item: number): number {
    const { item: items } = this.#chunk
    const from = this.#row * ITEMS
    const first = this.#row * EXPLAINED
    const end = from + this.count
    let own = 0
    let others = 0
    for (let at = from; at < end; at++) {
      const id = items[at] as number
      if (id === item) return others < EXPLAINED_OTHERS ? first + others : -1
      if (id === ~item) return first + EXPLAINED_OTHERS + own
      if (id < 0) own++
      else others++
    }
    return -1
  }
}
