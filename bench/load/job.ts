import type { Latency } from './histogram.ts'

export type { Latency } from './histogram.ts'

/** What is sent: a batch of 100 events, one event, or a question for one placement. */
export type Traffic = 'batch' | 'single' | 'decide'

/** Events in one request of `batch`. */
export const BATCH_EVENTS = 100

/** Work for one load generator process. */
export interface LoadJob {
  readonly port: number
  readonly traffic: Traffic
  /** Key for basic auth. */
  readonly key: string
  readonly connections: number
  /** Requests per second, evenly spaced, whatever the answers do; undefined: each connection sends when answered. */
  readonly rate?: number
  readonly warmupSeconds: number
  readonly seconds: number
  readonly people: number
  readonly items: number
  readonly seed: number
  /** decide: the placement asked for. */
  readonly placement?: string
}

export interface LoadResult {
  /** Requests answered with 2xx inside the measured time. */
  readonly answered: number
  /** 2xx answers per second. */
  readonly rate: number
  /** Other answers, by status. */
  readonly refused: Readonly<Record<string, number>>
  /** From the moment the request was due (open loop) or sent (closed loop) to its whole answer; milliseconds. */
  readonly latency: Latency
  readonly requestBytes: number
  /** Bytes of the last answer's body. */
  readonly answerBytes: number
  /** Share of one core that the generator used. */
  readonly cpu: number
}
