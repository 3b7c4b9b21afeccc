import { TopK } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { Recommender, ScorePart } from '../recommender.ts'
import type { Section } from '../savedState.ts'
import type { SessionIndex } from './sessionIndex.ts'

/** How one kind of session neighbours weighs. `steps` counts events back from the newest one, which has 0. */
export interface SessionWeights {
  /** Of an item of the asked session. */
  readonly query: (item: number, steps: number, length: number) => number
  /** Of a past session: `age` is the share of all sessions that are newer. */
  readonly session: (length: number, age: number) => number
  /**
   * Of an item of a neighbour: `steps` is that of the newest event which both sessions have, `distance`
   * the places between that event and the item in the neighbour, below 0 when the item came before.
   */
  readonly item: (item: number, steps: number, distance: number) => number
  /** Factor on the scores of the items that the asked session has itself. */
  readonly own: number
}

export interface NeighbourLimits {
  /** Newest sessions that are looked at for each item of the asked session. */
  readonly perItem: number
  /** Sessions that are looked at in all; items are taken from the newest on until there are as many. */
  readonly candidates: number
  /** Most similar of them that count. */
  readonly neighbours: number
  /** Newest events of the asked session that are looked at. */
  readonly length: number
}

/**
 * Recommends what similar past sessions held: similarity is the sum of the weights of shared items times
 * the weight of the past session; an item's score sums similarity times the item's weight over the neighbours.
 * Cost of asking: the events of the candidate sessions, and a heap over the candidates.
 */
export class SessionNeighbours implements Recommender {
  readonly name: string
  readonly #index: SessionIndex
  readonly #weights: SessionWeights
  readonly #limits: NeighbourLimits
  readonly #asked: Int32Array
  readonly #queryWeight: Float32Array
  /** Steps + 1 of an item's newest event in the asked session; 0: not in it. */
  readonly #steps: Int32Array
  readonly #marked: Uint8Array
  readonly #candidates: Int32Array
  readonly #best = new TopK()

  constructor(name: string, index: SessionIndex, weights: SessionWeights, limits: NeighbourLimits) {
    this.name = name
    this.#index = index
    this.#weights = weights
    this.#limits = limits
    this.#asked = new Int32Array(limits.length)
    this.#queryWeight = new Float32Array(index.items)
    this.#steps = new Int32Array(index.items)
    this.#marked = new Uint8Array(index.sessions)
    this.#candidates = new Int32Array(limits.candidates)
  }

  get items(): number {
    return this.#index.items
  }

  score(history: History, scores: Float32Array): void {
    scores.fill(0)
    this.addTo(history, scores)
  }

  /** Adds the scores; `scores` holds 0 for the items of the history, or `own` is 1. */
  addTo(history: History, scores: Float32Array): void {
    const { own } = this.#weights
    this.#forEachNeighbour(history, (session, similarity) => {
      const { start, item } = this.#index
      const meeting = this.#meeting(session)
      const steps = (this.#steps[item[meeting] as number] as number) - 1
      const to = start[session + 1] as number
      for (let e = start[session] as number; e < to; e++) {
        const i = item[e] as number
        const weight = this.#weights.item(i, steps, e - meeting)
        const factor = this.#steps[i] === 0 ? 1 : own
        scores[i] = (scores[i] as number) + similarity * weight * factor
      }
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const sums = new Map<number, number>()
    this.#forEachNeighbour(history, (session, similarity, shared) => {
      const { start, item: items } = this.#index
      const from = start[session] as number
      const to = start[session + 1] as number
      const at = items.subarray(from, to).indexOf(item)
      if (at < 0) return
      const meeting = this.#meeting(session)
      const steps = (this.#steps[items[meeting] as number] as number) - 1
      const factor = this.#steps[item] === 0 ? 1 : this.#weights.own
      const score = similarity * factor * this.#weights.item(item, steps, from + at - meeting)
      for (let e = from; e < to; e++) {
        const i = items[e] as number
        if (this.#steps[i] === 0) continue
        sums.set(i, (sums.get(i) ?? 0) + (score * (this.#queryWeight[i] as number)) / shared)
      }
    })
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return this.#index.save()
  }

  /** Visits the neighbours with their similarity and the sum of the weights of the items that are shared. */
  #forEachNeighbour(
    history: History,
    visit: (session: number, similarity: number, shared: number) => void,
  ): void {
    const asked = this.#readQuery(history)
    const { start } = this.#index
    const { sessions } = this.#index
    const count = this.#findCandidates(asked)
    this.#best.reset(Math.min(this.#limits.neighbours, count))
    for (let c = 0; c < count; c++) {
      const s = this.#candidates[c] as number
      const length = (start[s + 1] as number) - (start[s] as number)
      this.#best.offer(s, this.#shared(s) * this.#weights.session(length, s / sessions))
    }
    const { ids, scores } = this.#best.ranked()
    for (let k = 0; k < ids.length; k++) {
      const s = ids[k] as number
      visit(s, scores[k] as number, this.#shared(s))
    }
    for (let k = 0; k < asked; k++) {
      const i = this.#asked[k] as number
      this.#steps[i] = 0
      this.#queryWeight[i] = 0
    }
  }

  /** Reads the newest items of a history, each at its newest event; says how many different ones there are. */
  #readQuery(history: History): number {
    const events = history.item.length
    const length = Math.min(events, this.#limits.length)
    let count = 0
    for (let steps = 0; steps < length; steps++) {
      const i = history.item[events - 1 - steps] as number
      if (i >= this.items || this.#steps[i] !== 0) continue
      this.#steps[i] = steps + 1
      this.#queryWeight[i] =
        this.#weights.query(i, steps, length) * (history.weight?.[events - 1 - steps] ?? 1)
      this.#asked[count++] = i
    }
    return count
  }

  #findCandidates(asked: number): number {
    const { first, session } = this.#index
    const { perItem, candidates } = this.#limits
    let count = 0
    for (let k = 0; k < asked && count < candidates; k++) {
      const i = this.#asked[k] as number
      const from = first[i] as number
      const to = Math.min(first[i + 1] as number, from + perItem)
      for (let e = from; e < to && count < candidates; e++) {
        const s = session[e] as number
        if (this.#marked[s] === 1) continue
        this.#marked[s] = 1
        this.#candidates[count++] = s
      }
    }
    for (let c = 0; c < count; c++) this.#marked[this.#candidates[c] as number] = 0
    return count
  }

  #shared(session: number): number {
    const { start, item } = this.#index
    const to = start[session + 1] as number
    let sum = 0
    for (let e = start[session] as number; e < to; e++) {
      sum += this.#queryWeight[item[e] as number] as number
    }
    return sum
  }

  /** The place of the item that the asked session had last among those of a session. */
  #meeting(session: number): number {
    const { start, item } = this.#index
    const to = start[session + 1] as number
    let newest = Number.POSITIVE_INFINITY
    let place = 0
    for (let e = start[session] as number; e < to; e++) {
      const steps = this.#steps[item[e] as number] as number
      if (steps === 0 || steps >= newest) continue
      newest = steps
      place = e
    }
    return place
  }
}
