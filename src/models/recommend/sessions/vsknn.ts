import type { RecommenderKind } from '../recommender.ts'
import { SectionReader } from '../savedState.ts'
import { SessionIndex } from './sessionIndex.ts'
import { SessionNeighbours } from './sessionNeighbours.ts'

type VsknnParameters = {
  /** Newest sessions that are looked at for each item of the asked session. */
  readonly perItem: number
  /** Sessions that are looked at in all. */
  readonly candidates: number
  /** Most similar sessions that count. */
  readonly neighbours: number
  /** How much rare items gain: times 1 + idfWeight · log(sessions / sessions with the item). */
  readonly idfWeight: number
  /** Newest events of the asked session that are looked at. */
  readonly historyLength: number
}

const NAME = 'vsknn'

function model(index: SessionIndex, parameters: VsknnParameters): SessionNeighbours {
  const { idfWeight, historyLength, perItem, candidates, neighbours } = parameters
  const gain = index.inverseFrequencies().map((idf) => 1 + idfWeight * idf)
  const weights = {
    query: (_item: number, steps: number, length: number) => (length - steps) / length,
    session: () => 1,
    item: (item: number, steps: number) => (gain[item] as number) / (steps + 1),
    own: 1,
  }
  return new SessionNeighbours(NAME, index, weights, {
    perItem,
    candidates,
    neighbours,
    length: historyLength,
  })
}

export const vsknn: RecommenderKind<VsknnParameters> = {
  name: NAME,
  title: 'V-SKNN, vector multiplication session neighbours',
  source:
    'Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", User Modeling and User-Adapted Interaction, 2018.',
  format: 1,
  defaults: {
    perItem: 500,
    candidates: 2_000,
    neighbours: 100,
    idfWeight: 0.2,
    historyLength: 50,
  },
  bounds: {
    perItem: [1, 1_000_000],
    candidates: [1, 1_000_000],
    neighbours: [1, 1_000_000],
    idfWeight: [0, 100],
    historyLength: [1, 10_000],
  },
  fit: ({ histories }, parameters) =>
    Promise.resolve(model(SessionIndex.of(histories), parameters)),
  load: (sections, parameters) => model(SessionIndex.load(new SectionReader(sections)), parameters),
}
