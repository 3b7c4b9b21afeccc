import { Connection } from './connection.ts'
import { Histogram } from './histogram.ts'
import type { LoadJob, LoadResult } from './job.ts'
import type { RequestTemplate } from './template.ts'
import { prepareTraffic } from './traffic.ts'

/** A server that says nothing for so long after the measured time will not answer. */
const LONGEST_SILENCE_MS = 60_000

interface Window {
  /** performance.now() */
  readonly from: number
  readonly until: number
}

/** Counts what was answered inside the measured time, which goes on until the first answer when none has come. */
class Meter {
  readonly #histogram = new Histogram()
  readonly #refused = new Map<number, number>()
  readonly #from: number
  #until: number
  #answers = 0
  #answerBytes = 0

  constructor({ from, until }: Window) {
    this.#from = from
    this.#until = until
  }

  isOver(now: number): boolean {
    return now >= this.#until && (this.#answers > 0 || now >= this.#until + LONGEST_SILENCE_MS)
  }

  answered(since: number, status: number, bytes: number): void {
    const now = performance.now()
    if (now < this.#from || this.isOver(now)) return
    this.#until = Math.max(this.#until, now)
    this.#answers++
    this.#answerBytes = bytes
    if (status >= 200 && status < 300) this.#histogram.record((now - since) * 1000)
    else this.#refused.set(status, (this.#refused.get(status) ?? 0) + 1)
  }

  result(requestBytes: number, cpu: number): LoadResult {
    const seconds = (this.#until - this.#from) / 1000
    return {
      answered: this.#histogram.total,
      rate: this.#histogram.total / seconds,
      refused: Object.fromEntries(this.#refused),
      latency: this.#histogram.summary(),
      requestBytes,
      answerBytes: this.#answerBytes,
      cpu,
    }
  }
}

/** One connection and the requests it sends in turn. */
class Lane {
  readonly #connection: Connection
  readonly #templates: readonly RequestTemplate[]
  #turn = 0

  constructor(connection: Connection, templates: readonly RequestTemplate[]) {
    this.#connection = connection
    this.#templates = templates
  }

  send(answered: (status: number, bytes: number) => void): void {
    const template = this.#templates[this.#turn++ % this.#templates.length]
    if (template === undefined) return
    template.renew()
    this.#connection.send(template.bytes, answered)
  }

  close(): void {
    this.#connection.close()
  }
}

/** Closed loop: every lane sends its next request as soon as the last one is answered. */
function runClosed(lanes: readonly Lane[], meter: Meter): Promise<void> {
  const loop = (lane: Lane, done: () => void): void => {
    const sent = performance.now()
    if (meter.isOver(sent)) {
      done()
      return
    }
    lane.send((status, bytes) => {
      meter.answered(sent, status, bytes)
      loop(lane, done)
    })
  }
  const finished = lanes.map((lane) => new Promise<void>((resolve) => loop(lane, resolve)))
  return Promise.all(finished).then(() => {})
}

/**
 * Open loop: requests are due at even steps; when no lane is free they wait, and the waiting counts
 * (no coordinated omission). The clock is looked at once a millisecond, which adds up to that much to a latency.
 */
function runOpen(lanes: readonly Lane[], meter: Meter, rate: number): Promise<void> {
  const free = [...lanes]
  const start = performance.now()
  let sent = 0
  const dispatch = (): void => {
    const now = performance.now()
    for (let due = start + (sent * 1000) / rate; due <= now; due = start + (sent * 1000) / rate) {
      const lane = free.pop()
      if (lane === undefined) return
      sent++
      const since = due
      lane.send((status, bytes) => {
        meter.answered(since, status, bytes)
        free.push(lane)
        if (performance.now() > since + 2) dispatch()
      })
    }
  }
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!meter.isOver(performance.now())) dispatch()
      else {
        clearInterval(timer)
        resolve()
      }
    }, 1)
  })
}

/** Runs one job in this process. @throws when a connection fails: a broken run has no figure */
export async function generateLoad(job: LoadJob): Promise<LoadResult> {
  const traffic = prepareTraffic(job)
  const failure = Promise.withResolvers<never>()
  const lanes = await Promise.all(
    traffic.map(async (templates) => {
      const connection = await Connection.open('127.0.0.1', job.port, failure.reject)
      return new Lane(connection, templates)
    }),
  )
  const start = performance.now()
  const from = start + job.warmupSeconds * 1000
  const meter = new Meter({ from, until: from + job.seconds * 1000 })
  const before = process.cpuUsage()
  const running = job.rate === undefined ? runClosed(lanes, meter) : runOpen(lanes, meter, job.rate)
  await Promise.race([running, failure.promise])
  const used = process.cpuUsage(before)
  const cpu = (used.user + used.system) / 1000 / (performance.now() - start)
  for (const lane of lanes) lane.close()
  return meter.result(traffic[0]?.[0]?.bytes.length ?? 0, cpu)
}
