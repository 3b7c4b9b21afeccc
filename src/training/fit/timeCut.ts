import { randomInt, seededRandom } from '../../base/index.ts'
import type { Histories, Questions } from '../../models/index.ts'
import { shuffled } from '../evaluate/cutting.ts'
import { MOST_REMEMBERED } from '../personHistory.ts'
import { BASKET_PAUSE, HistoryColumns } from './personEvents.ts'
import { drawnPeople, historiesBefore, type TrainingSet } from './trainingSet.ts'

/** Share of the events that lies after the cut. */
const HELD_OUT = 0.1
/** Times that the place of the cut is estimated from. */
const SAMPLED_TIMES = 100_000
/** Distinct new items after the cut that count as right: what comes much later says little about a list of now. */
const MOST_RIGHT = 10
/** Questions that judge: a mean is known to about 3 %, and a trial takes a second or two. */
const MOST_JUDGING = 2_000
/** Questions that teach a blend and its trees; more teach little and take time. */
const MOST_LEARNING = 6_000
/** Times that one person is asked, where there are few people: what they do is a matter of chance, and a mean is less so. */
const MOST_TIMES = 4
/** With fewer people to judge by, differences drown in noise: then everybody is asked for the newest of their events. */
const ENOUGH_PEOPLE = 150
/** Events that models are tried on. On more, people are drawn: choosing shall take minutes, not hours. */
const MOST_EVENTS = 2_000_000

/** People who are asked for, with where each one's events lie in the set. */
export interface Asked {
  readonly questions: Questions
  /** Number of people; questions of the same person follow each other. */
  readonly people: number
  /** Who is asked, as a number from 0 .. people-1, rising. */
  readonly who: Uint32Array
  /** What the person had done when asked: the events first[q] .. last[q]-1 of the set. */
  readonly first: Uint32Array
  readonly last: Uint32Array
}

/**
 * A cut inside a workspace's own data, as like to serving as can be: models see what was before it; then people are asked
 * for with what they had done, also those who were new after the cut.
 */
export interface TimeCut {
  /** Milliseconds; events at this time or later were not seen. Absent: the newest tenth of each person's was not. */
  readonly time?: number
  /** What models are fitted on. */
  readonly histories: Histories
  /** People of the set, and where each one's seen events end. */
  readonly people: Int32Array
  readonly end: (person: number) => number
  /** Half of the people teach the kinds that choose among others; the other half judges. */
  readonly learning: Asked
  readonly judging: Asked
}

/**
 * Cuts where the newest tenth of the events begins, or at `notBefore` when that is later. When that asks few people, as
 * in data that were not collected day by day, cuts off the newest tenth of each person's events instead.
 * Cost: linear; draws people from a set of more than 2 million events.
 */
export function cutSet(set: TrainingSet, seed: number, notBefore?: number): TimeCut {
  const time = Math.max(notBefore ?? Number.NEGATIVE_INFINITY, timeOfCut(set, seed))
  const cut = { ...cutAt(set, seed, (p) => firstAtOrAfter(set, p, time)), time }
  if (notBefore !== undefined || asksEnough(cut)) return cut
  const each = cutEach(set, seed)
  return each.judging.people > cut.judging.people ? each : cut
}

/** Cuts off the newest tenth of each person's events. Cost: as `cutSet`. */
export function cutEach(set: TrainingSet, seed: number): TimeCut {
  return cutAt(set, seed, (p) => newestTenth(set, p))
}

/** Whether a difference that matters can be seen on a cut. */
export function asksEnough({ judging }: Pick<TimeCut, 'judging'>): boolean {
  return judging.people >= ENOUGH_PEOPLE
}

function newestTenth({ start }: TrainingSet, person: number): number {
  const end = start[person + 1] as number
  const events = end - (start[person] as number)
  return end - Math.max(1, Math.round(HELD_OUT * events))
}

function cutAt(set: TrainingSet, seed: number, end: (person: number) => number): TimeCut {
  const people = drawnPeople(set, MOST_EVENTS, seed)
  const asked = shuffled(people, seed + 1).filter((p) => end(p) < (set.start[p + 1] as number))
  const learning = new AskedBuilder(set, MOST_LEARNING, asked.length / 2)
  const judging = new AskedBuilder(set, MOST_JUDGING, asked.length / 2)
  for (const p of asked) {
    const fewer = judging.people > learning.people ? learning : judging
    if (!fewer.isFull) fewer.ask(p, end(p))
    else if (!learning.isFull) learning.ask(p, end(p))
  }
  return {
    people,
    end,
    histories: historiesBefore(set, people, end),
    learning: learning.asked(),
    judging: judging.asked(),
  }
}

function timeOfCut({ time }: TrainingSet, seed: number): number {
  const random = seededRandom(seed)
  const count = Math.min(time.length, SAMPLED_TIMES)
  const sample =
    count === time.length
      ? time.slice()
      : Float64Array.from({ length: count }, () => time[randomInt(random, time.length)] as number)
  sample.sort()
  return sample[Math.floor((1 - HELD_OUT) * count)] ?? 0
}

function firstAtOrAfter({ start, time }: TrainingSet, person: number, at: number): number {
  let low = start[person] as number
  let high = start[person + 1] as number
  while (low < high) {
    const middle = (low + high) >> 1
    if ((time[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Collects questions. */
class AskedBuilder {
  readonly #set: TrainingSet
  readonly #most: number
  readonly #times: number
  readonly #who: number[] = []
  readonly #first: number[] = []
  readonly #last: number[] = []
  readonly #right: number[] = []
  readonly #rightStart = [0]
  people = 0

  /**
   * @param most questions
   * @param expected people that there will be about: the fewer, the more often each is asked
   */
  constructor(set: TrainingSet, most: number, expected: number) {
    this.#set = set
    this.#most = most
    this.#times = Math.max(1, Math.min(MOST_TIMES, Math.floor(most / expected)))
  }

  get isFull(): boolean {
    return this.#first.length >= this.#most
  }

  /**
   * At the cut, or for somebody new after the first half of what came after it; then again when something happened.
   * @param cut place of the person's first event after the cut
   */
  ask(person: number, cut: number): void {
    const { start } = this.#set
    const first = start[person] as number
    const end = start[person + 1] as number
    const before = this.#first.length
    let last = cut > first ? cut : first + Math.ceil((end - first) / 2)
    for (let times = 0; times < this.#times && last < end; times++) {
      this.#askAt(first, last, end)
      last = this.#nextVisit(last, end)
    }
    if (this.#first.length > before) this.people++
  }

  /** Begin of the next visit, or the tenth event of a long one. */
  #nextVisit(from: number, end: number): number {
    const { time } = this.#set
    for (let e = from + 1; e < end; e++) {
      const pause = (time[e] as number) - (time[e - 1] as number)
      if (pause > BASKET_PAUSE || e === from + MOST_RIGHT) return e
    }
    return end
  }

  /** Right is what comes next that is new to the person. */
  #askAt(first: number, last: number, end: number): void {
    const { item } = this.#set
    const known = new Set(item.subarray(first, last))
    const right = new Set<number>()
    for (let e = last; e < end && right.size < MOST_RIGHT; e++) {
      const i = item[e] as number
      if (!known.has(i)) right.add(i)
    }
    if (right.size === 0) return
    this.#who.push(this.people)
    this.#first.push(Math.max(first, last - MOST_REMEMBERED))
    this.#last.push(last)
    this.#right.push(...right)
    this.#rightStart.push(this.#right.length)
  }

  asked(): Asked {
    const first = Uint32Array.from(this.#first)
    const last = Uint32Array.from(this.#last)
    const count = first.length
    const room = last.reduce((sum, to, q) => sum + to - (first[q] as number), 0)
    const columns = new HistoryColumns(room)
    const start = new Uint32Array(count + 1)
    for (let q = 0; q < count; q++) {
      const at = start[q] as number
      start[q + 1] = columns.write(this.#set, first[q] as number, last[q] as number, at)
    }
    const { items } = this.#set
    const questions: Questions = {
      count,
      events: columns.histories(start, items),
      from: start.subarray(0, count),
      to: start.subarray(1),
      relevant: {
        start: Uint32Array.from(this.#rightStart),
        item: Int32Array.from(this.#right),
      },
      one: false,
      candidates: items,
      masked: true,
    }
    return { questions, people: this.people, who: Uint32Array.from(this.#who), first, last }
  }
}
