import { type Histories, type History, selectRows, valuesOf } from '../recommend/histories.ts'

/** Lists of items, one a question: the list of q is item[start[q]] .. item[start[q+1]-1]. */
export interface ItemLists {
  readonly start: Uint32Array
  readonly item: Int32Array
}

/** What a recommender is asked, and what would be right. Candidates are numbered in the order that breaks ties. */
export interface Questions {
  readonly count: number
  /** Where the histories of the questions lie; the people in it do not matter. */
  readonly events: Histories
  /** Question q shows the events from[q] .. to[q]-1. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  /**
   * Right candidates, none twice in a list. A number outside 0 .. candidates-1 is a right item that cannot be
   * recommended.
   */
  readonly relevant: ItemLists & {
    /** What each is worth, for `revenue_ndcg`; above 0. Absent: 1 each. */
    readonly gain?: Float64Array
  }
  /** Exactly one right item a question, with the expected value over equal scores? Else lists, ties by number. */
  readonly one: boolean
  readonly candidates: number
  /**
   * Candidate of each item of the recommender, -1: the item is none. Candidates without an item score 0.
   * Absent: item i is candidate i.
   */
  readonly candidateOf?: Int32Array
  /** May the items of the history not be recommended? */
  readonly masked: boolean
  /** The candidates of each question besides the right ones. Absent: all. */
  readonly among?: ItemLists
  /** Person of `events` who asks, for the traits; -1: somebody else. Absent: traits are not told. */
  readonly who?: Int32Array
  /** Time of each question, on the scale of the events. Absent: not told. */
  readonly now?: Float64Array
}

/** What question q shows, as views. */
export function historyOfQuestion(questions: Questions, q: number): History {
  const { events, from, to, who, now } = questions
  const first = from[q] as number
  const end = to[q] as number
  const { item, weight, basket, time, traits } = events
  return {
    item: item.subarray(first, end),
    ...(weight && { weight: weight.subarray(first, end) }),
    ...(basket && { basket: basket.subarray(first, end) }),
    ...(time && { time: time.subarray(first, end) }),
    ...(traits && who && { traits: valuesOf(traits, who[q] as number) }),
    ...(now && { now: now[q] as number }),
  }
}

/** The histories of the questions from..to-1 as histories of people, in their order. A copy. */
export function historiesOfQuestions(questions: Questions, from: number, to: number): Histories {
  const { events, who, now } = questions
  const start = new Uint32Array(to - from + 1)
  for (let q = from; q < to; q++) {
    const length = (questions.to[q] as number) - (questions.from[q] as number)
    start[q - from + 1] = (start[q - from] as number) + length
  }
  const size = start[to - from] as number
  const copy = <T extends Int32Array | Float32Array | Float64Array>(source: T, into: T): T => {
    for (let q = from; q < to; q++) {
      into.set(source.subarray(questions.from[q], questions.to[q]), start[q - from])
    }
    return into
  }
  return {
    people: to - from,
    items: events.items,
    start,
    item: copy(events.item, new Int32Array(size)),
    ...(events.weight && { weight: copy(events.weight, new Float32Array(size)) }),
    ...(events.basket && { basket: copy(events.basket, new Int32Array(size)) }),
    ...(events.time && { time: copy(events.time, new Float64Array(size)) }),
    ...(events.traits && who && { traits: selectRows(events.traits, who.subarray(from, to)) }),
    ...(now && { now: now.slice(from, to) }),
  }
}
