import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY, isJsonObject, type JsonObject, MINUTE, SECOND } from '../base/index.ts'
import { createWorld, type TimedMessage, type World } from '../simulator/index.ts'
import type { Engine } from './engine.ts'
import { jsonBytes } from './entry.ts'
import { writeFileAtomic } from './files.ts'

/** A simulated person whom one can be on the first page. */
export interface DemoPerson {
  readonly userId: string
  readonly name: string
  /** One sentence on what this person likes. */
  readonly about: string
}

/** Everything of the demo is simulated: shop, people, traffic. */
export interface Demo {
  readonly people: readonly DemoPerson[]
  readonly paused: boolean
  /** Mean live events per second when not paused. */
  readonly eventsPerSecond: number
  pause(paused: boolean): void
  /** SVG picture of an item, or undefined for an id that the shop does not have. */
  drawItem(id: string): string | undefined
  stop(): Promise<void>
}

export interface DemoOptions {
  readonly seed: number
  readonly people: number
  readonly items: number
  readonly eventsPerSecond: number
  /** Present time in milliseconds. */
  readonly now: () => number
  /** Called with the share done, 0 to 1, while the history is written for the first time. */
  readonly onProgress?: (share: number) => void
}

/** What the simulated world was made from; kept so that a later start continues the same one. */
interface WorldFile {
  readonly seed: number
  readonly people: number
  readonly items: number
  readonly start: number
  readonly filled: boolean
}

const HISTORY_DAYS = 45
const MESSAGES_A_BATCH = 500
const SHOWN_PEOPLE = 12
const TICK_MS = 250
/** Visits begin anywhere in five minutes; starting earlier makes the traffic steady from the first second. */
const LEAD = 10 * MINUTE
/** After a pause or a sleep of the machine, older messages are left out instead of sent in one burst. */
const MAX_DELAY = 5 * SECOND

/** Fills a workspace with the simulated shop on its first start, then keeps a trickle of live traffic. */
export async function startDemo(engine: Engine, options: DemoOptions): Promise<Demo> {
  const path = join(engine.directory, 'demo.json')
  const file = readWorldFile(path) ?? newWorldFile(options)
  const world = createWorld({ ...file, days: HISTORY_DAYS })
  if (!file.filled) {
    writeFileAtomic(path, JSON.stringify(file))
    await fill(engine, world, options)
    writeFileAtomic(path, JSON.stringify({ ...file, filled: true }))
  }
  return new Trickle(engine, world, options)
}

function newWorldFile(options: DemoOptions): WorldFile {
  const { seed, people, items } = options
  const today = Math.floor(options.now() / DAY) * DAY
  return { seed, people, items, start: today - (HISTORY_DAYS - 1) * DAY, filled: false }
}

function readWorldFile(path: string): WorldFile | undefined {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
  if (!isJsonObject(raw)) return undefined
  const { seed, people, items, start, filled } = raw
  if (typeof seed !== 'number' || typeof people !== 'number') return undefined
  if (typeof items !== 'number' || typeof start !== 'number') return undefined
  return { seed, people, items, start, filled: filled === true }
}

async function fill(engine: Engine, world: World, options: DemoOptions): Promise<void> {
  const now = options.now()
  await engine.upsertItems({ items: world.catalogue(now) })
  let batch: JsonObject[] = []
  for (const message of world.history()) {
    const at = timeOf(message)
    if (at > now) break
    batch.push(message)
    if (batch.length < MESSAGES_A_BATCH) continue
    await engine.collect('import', jsonBytes({ batch }))
    batch = []
    options.onProgress?.((at - world.start) / (now - world.start))
  }
  if (batch.length > 0) await engine.collect('import', jsonBytes({ batch }))
  await engine.settled()
  options.onProgress?.(1)
}

function timeOf(message: JsonObject): number {
  const { timestamp } = message
  return typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
}

/** Simulated traffic in real time. */
class Trickle implements Demo {
  readonly people: readonly DemoPerson[]
  readonly eventsPerSecond: number
  readonly #engine: Engine
  readonly #world: World
  readonly #now: () => number
  readonly #messages: Iterator<TimedMessage>
  #next: TimedMessage | undefined
  #paused = false
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor(engine: Engine, world: World, options: DemoOptions) {
    this.#engine = engine
    this.#world = world
    this.#now = options.now
    this.people = world.people
      .slice(0, SHOWN_PEOPLE)
      .map(({ userId, name, about }) => ({ userId, name, about }))
    this.eventsPerSecond = options.eventsPerSecond
    const perMinute = Math.max(options.eventsPerSecond, 1e-3) * 60
    this.#messages = world.live(options.now() - LEAD, perMinute)
    this.#next = this.#draw()
    this.pause(false)
  }

  get paused(): boolean {
    return this.#paused
  }

  pause(paused: boolean): void {
    this.#paused = paused
    clearInterval(this.#timer)
    this.#timer = undefined
    if (paused || this.eventsPerSecond === 0) return
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  drawItem(id: string): string | undefined {
    return this.#world.drawItem(id)
  }

  async stop(): Promise<void> {
    this.pause(true)
    await this.#sending
  }

  #draw(): TimedMessage | undefined {
    const drawn = this.#messages.next()
    return drawn.done === true ? undefined : drawn.value
  }

  #tick(): void {
    const now = this.#now()
    const batch: JsonObject[] = []
    for (; this.#next !== undefined && this.#next.time <= now; this.#next = this.#draw()) {
      if (this.#next.time > now - MAX_DELAY) batch.push(this.#next.message)
    }
    if (batch.length === 0) return
    this.#sending = this.#sending.then(async () => {
      await this.#engine.collect('batch', jsonBytes({ batch })).catch(() => undefined)
    })
  }
}
