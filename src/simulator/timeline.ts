import { DAY, type JsonObject, MINUTE, type Random } from '../base/index.ts'
import { poisson, stream } from './chance.ts'
import { toMessage } from './message.ts'
import { logsIn, type Person } from './person.ts'
import { drawTimeOfDay, weekdayFactor } from './rhythm.ts'
import { type Memory, newMemory, playVisit, type Shop } from './visit.ts'

/** A message and the moment at which it happens. */
export interface TimedMessage {
  /** Milliseconds; equals `message.timestamp`. */
  readonly time: number
  readonly message: JsonObject
}

interface Arrival {
  readonly person: Person
  readonly start: number
}

/** Plays arrivals in order and hands the messages on, sorted, as soon as nothing earlier can come. */
class Stage {
  readonly #shop: Shop
  readonly #memories = new Map<number, Memory>()
  readonly #random: Random
  readonly #idPrefix: string
  readonly #wasKnown: (person: Person) => boolean
  #waiting: TimedMessage[] = []
  #sent = 0

  constructor(
    shop: Shop,
    random: Random,
    idPrefix: string,
    wasKnown: (person: Person) => boolean = () => false,
  ) {
    this.#shop = shop
    this.#random = random
    this.#idPrefix = idPrefix
    this.#wasKnown = wasKnown
  }

  play({ person, start }: Arrival): void {
    const memory = this.#memories.get(person.number) ?? newMemory(person, this.#wasKnown(person))
    this.#memories.set(person.number, memory)
    const device = person.anonymousIds.length > 1 && this.#random.next() < 0.3 ? 1 : 0
    let loggedIn = memory.loggedIn[device] === true
    for (const step of playVisit(this.#shop, person, memory, {
      start,
      device,
      random: this.#random,
    })) {
      if (step.kind === 'login') loggedIn = true
      const messageId = `${this.#idPrefix}-${(this.#sent++).toString(36)}`
      const sender = { seed: this.#shop.seed, person, device, loggedIn, messageId }
      this.#waiting.push({ time: step.at, message: toMessage(step, sender) })
    }
  }

  /** Messages before `until`, in time order; the others wait. */
  *release(until: number): Generator<TimedMessage> {
    const due = this.#waiting.filter(({ time }) => time < until)
    this.#waiting = this.#waiting.filter(({ time }) => time >= until)
    due.sort((a, b) => a.time - b.time)
    yield* due
  }
}

function byStart(a: Arrival, b: Arrival): number {
  return a.start - b.start || a.person.number - b.person.number
}

function arrivalsOfDay(random: Random, people: readonly Person[], day: number): Arrival[] {
  const factor = weekdayFactor(day)
  const arrivals: Arrival[] = []
  for (const person of people) {
    for (let n = poisson(random, person.activity * factor); n > 0; n--) {
      arrivals.push({ person, start: day + drawTimeOfDay(random, person.utcOffset) })
    }
  }
  return arrivals.sort(byStart)
}

/** Everything that happened in [start, end), in time order. Start and end are midnights UTC. */
export function* pastMessages(
  shop: Shop,
  people: readonly Person[],
  span: { readonly start: number; readonly end: number },
): Generator<JsonObject> {
  const random = stream(shop.seed, 'history')
  const stage = new Stage(shop, random, `sim-${shop.seed}`)
  for (let day = span.start; day < span.end; day += DAY) {
    for (const arrival of arrivalsOfDay(random, people, day)) stage.play(arrival)
    for (const { message } of stage.release(day + DAY)) yield message
  }
}

const CHUNK = 5 * MINUTE
/** Events of an average visit; turns a wanted rate of events into a rate of visits. */
const EVENTS_PER_VISIT = 8.2

/** Draws people in proportion to their activity. */
function activityDraw(people: readonly Person[]): (random: Random) => Person {
  const sums = new Float64Array(people.length)
  let total = 0
  for (const [place, { activity }] of people.entries()) sums[place] = total += activity
  return (random) => {
    const target = random.next() * total
    let low = 0
    let high = people.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return people[low] as Person
  }
}

/** Endless traffic from a moment on, in time order, at a steady mean rate. */
export function* liveMessages(
  shop: Shop,
  people: readonly Person[],
  from: number,
  eventsPerMinute: number,
): Generator<TimedMessage, never> {
  const random = stream(shop.seed, `live:${from}`)
  const stage = new Stage(shop, random, `sim-${shop.seed}-${from.toString(36)}`, logsIn)
  const drawPerson = activityDraw(people)
  const visits = ((eventsPerMinute / EVENTS_PER_VISIT) * CHUNK) / MINUTE
  for (let begin = from; ; begin += CHUNK) {
    const arrivals = Array.from({ length: poisson(random, visits) }, () => ({
      person: drawPerson(random),
      start: begin + random.next() * CHUNK,
    }))
    for (const arrival of arrivals.sort(byStart)) stage.play(arrival)
    yield* stage.release(begin + CHUNK)
  }
}
