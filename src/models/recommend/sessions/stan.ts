import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { SessionIndex } from './sessionIndex.ts'
import { SessionNeighbours } from './sessionNeighbours.ts'

export type StanParameters = {
  /** Newest sessions that are looked at for each item of the asked session. */
  readonly perItem: number
  /** Sessions that are looked at in all. */
  readonly candidates: number
  /** Most similar sessions that count. */
  readonly neighbours: number
  /** The newest event of the asked session counts 1, the n-th before it queryDecay^n. */
  readonly queryDecay: number
  /** A shared item counts log(sessions / sessions with the item)^idfPower. */
  readonly idfPower: number
  /** Similarity is divided by (number of items of the past session)^lengthPower. */
  readonly lengthPower: number
  /** The oldest past session counts exp(−1/recency) of the newest: age is the share of newer sessions. */
  readonly recency: number
  /** An item n places from the newest shared one in the past session counts distanceDecay^n. */
  readonly distanceDecay: number
  /** Factor on items that came before the newest shared one. */
  readonly before: number
  /** How much rare items gain in the score: times 1 + idfWeight · log(sessions / sessions with the item). */
  readonly idfWeight: number
  /** Factor on the items that the asked session has itself; people come back to what they looked at. */
  readonly own: number
  /** Newest events of the asked session that are looked at. */
  readonly historyLength: number
}

const NAME = 'stan'
/** So that an item which every session has still finds neighbours when it is all there is. */
const LEAST_IDF = 1e-3

/** The neighbours of STAN over past sessions. */
export function stanNeighbours(index: SessionIndex, parameters: StanParameters): SessionNeighbours {
  const { queryDecay, idfPower, lengthPower, recency, distanceDecay, before } = parameters
  const idf = index.inverseFrequencies()
  const rarity = idf.map((x) => Math.max(x, LEAST_IDF) ** idfPower)
  const gain = idf.map((x) => 1 + parameters.idfWeight * x)
  const weights = {
    query: (item: number, steps: number) => queryDecay ** steps * (rarity[item] as number),
    session: (length: number, age: number) => length ** -lengthPower * Math.exp(-age / recency),
    item: (item: number, _steps: number, distance: number) =>
      distance < 0
        ? before * distanceDecay ** -distance * (gain[item] as number)
        : distanceDecay ** distance * (gain[item] as number),
    own: parameters.own,
  }
  return new SessionNeighbours(NAME, index, weights, {
    perItem: parameters.perItem,
    candidates: parameters.candidates,
    neighbours: parameters.neighbours,
    length: parameters.historyLength,
  })
}

export const STAN_BOUNDS = {
  perItem: [1, 1_000_000],
  candidates: [1, 1_000_000],
  neighbours: [1, 1_000_000],
  queryDecay: [0, 1],
  idfPower: [0, 10],
  lengthPower: [0, 2],
  recency: [0.001, 1_000_000],
  distanceDecay: [0, 1],
  before: [0, 100],
  idfWeight: [0, 100],
  own: [0, 1_000],
  historyLength: [1, 10_000],
} as const

export const stan: RecommenderKind<StanParameters> = {
  name: NAME,
  title: 'STAN, sequence and time aware neighbourhood',
  source:
    'Garg, Gupta, Malhotra, Vig and Shroff, "Sequence and time aware neighborhood for session-based recommendations", SIGIR 2019.',
  format: 1,
  defaults: {
    perItem: 1_000,
    candidates: 1_000,
    neighbours: 600,
    queryDecay: 0.5,
    idfPower: 2,
    lengthPower: 0.25,
    recency: 0.7,
    distanceDecay: 0.9,
    before: 0.7,
    idfWeight: 0.2,
    own: 2,
    historyLength: 50,
  },
  bounds: STAN_BOUNDS,
  candidates: () => [
    {},
    { queryDecay: 0.8 },
    { before: 1 },
    { recency: 0.2 },
    { queryDecay: 0.8, idfPower: 1, lengthPower: 0.5, before: 1 },
  ],
  fit: ({ histories }, parameters) =>
    Promise.resolve(stanNeighbours(SessionIndex.of(histories), parameters)),
  load: (sections, parameters) =>
    stanNeighbours(SessionIndex.load(new SectionReader(sections)), parameters),
}
