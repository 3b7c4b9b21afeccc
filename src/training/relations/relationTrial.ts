import { randomInt, seededRandom, type Random } from '../../base/index.ts'
import { SparseScores, TopK } from '../../math/index.ts'
import type { LiveModels, RelationName } from '../liveModels.ts'
import { RelationBlend } from './relationBlend.ts'
import type { RelationEvents } from './relationEvents.ts'
import type { RelationRows } from './relationRows.ts'

/** Events around an item that are right for it. */
const NEAR = 4
const NEXT = 3
const LEADS = 10
/** The largest of these; orders are seldom longer. */
export const REACH = 10
/** Items that one person is asked about: a single account must not decide. */
const SEEDS_EACH = 2
const MOST_QUESTIONS = 1_000
const K = 10

/** What goes with a seed, as people showed after the cut. */
interface Question {
  readonly seed: number
  readonly right: ReadonlySet<number>
}

/** Whether what the event `at` of a person shows goes with the item of the event `seed`. */
type GoesWith = (events: RelationEvents, seed: number, at: number) => boolean

const GOES_WITH: Readonly<Record<RelationName, GoesWith>> = {
  alsoViewed: (events, seed, at) => Math.abs(at - seed) <= NEAR && isAttention(events, seed, at),
  next: (events, seed, at) => at > seed && at - seed <= NEXT && isAttention(events, seed, at),
  boughtTogether: ({ order }, seed, at) => order[at] !== -1 && order[at] === order[seed],
  leadsToBuy: ({ bought }, seed, at) => bought[at] === 1 && at > seed && at - seed <= LEADS,
}

function isAttention({ attended }: RelationEvents, seed: number, at: number): boolean {
  return attended[seed] === 1 && attended[at] === 1
}

/** What people did after a cut, and the last of what they had done before it. */
export interface EventsAfter {
  /** People in a random order. */
  readonly events: RelationEvents
  /** Place in the set of the first event of each of them that was not seen. */
  readonly firstNew: ArrayLike<number>
}

/** Questions on one relation: people of the first half choose, those of the second judge. */
export interface RelationTrials {
  readonly choosing: RelationTrial
  readonly judging: RelationTrial
}

/**
 * @param live as it stood at the cut
 */
export function relationTrials(
  relation: RelationName,
  live: LiveModels,
  after: EventsAfter,
  seed: number,
): RelationTrials {
  const random = seededRandom(seed)
  const halves: [Question[], Question[]] = [[], []]
  for (let p = 0; p < after.events.people; p++) {
    const half = halves[0].length > halves[1].length ? halves[1] : halves[0]
    if (half.length >= MOST_QUESTIONS) break
    half.push(...questionsOf(relation, after, p, random))
  }
  const [choosing, judging] = halves.map((half) => new RelationTrial(relation, live, half))
  return { choosing: choosing as RelationTrial, judging: judging as RelationTrial }
}

/** Pairs of which at least the answer was not seen before. */
function questionsOf(
  relation: RelationName,
  { events, firstNew }: EventsAfter,
  person: number,
  random: Random,
): readonly Question[] {
  const { start, item, place } = events
  const to = start[person + 1] as number
  const unseen = firstNew[person] as number
  const found: Question[] = []
  for (let seed = start[person] as number; seed < to; seed++) {
    const right = new Set<number>()
    for (let at = Math.max(start[person] as number, seed - REACH); at < to; at++) {
      if (at > seed + REACH) break
      if ((place[at] as number) < unseen || item[at] === item[seed]) continue
      if (GOES_WITH[relation](events, seed, at)) right.add(item[at] as number)
    }
    if (right.size > 0) found.push({ seed: item[seed] as number, right })
  }
  while (found.length > SEEDS_EACH) found.splice(randomInt(random, found.length), 1)
  return found
}

/** Asks for the neighbours of items what would be served: trained rows blended with the live ones. */
export class RelationTrial {
  readonly #relation: RelationName
  readonly #live: LiveModels
  readonly #questions: readonly Question[]
  readonly #blend = new RelationBlend()
  readonly #sums = new SparseScores()
  readonly #best = new TopK()

  constructor(relation: RelationName, live: LiveModels, questions: readonly Question[]) {
    this.#relation = relation
    this.#live = live
    this.#questions = questions
  }

  get count(): number {
    return this.#questions.length
  }

  /** ndcg@10 of each question at a weight of the trained rows; 0: the live counts alone. */
  values(rows: RelationRows, weight: number): Float64Array {
    const live = this.#live.relation(this.#relation)
    const trained = weight === 0 ? undefined : { rows, weight }
    return Float64Array.from(this.#questions, ({ seed, right }) => {
      this.#blend.score(live, trained, [seed], this.#sums)
      return this.#ndcg(seed, right)
    })
  }

  #ndcg(seed: number, right: ReadonlySet<number>): number {
    const sums = this.#sums
    this.#best.reset(K)
    for (let k = 0; k < sums.count; k++) {
      const item = sums.touched[k] as number
      if (item !== seed) this.#best.offer(item, sums.get(item))
    }
    let gain = 0
    this.#best.ranked().ids.forEach((item, place) => {
      if (right.has(item)) gain += 1 / Math.log2(place + 2)
    })
    let ideal = 0
    for (let place = 0; place < Math.min(K, right.size); place++) ideal += 1 / Math.log2(place + 2)
    return gain / ideal
  }
}
