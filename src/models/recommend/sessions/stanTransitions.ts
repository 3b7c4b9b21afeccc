import { TopK } from '../../../math/index.ts'
import type { History } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader } from '../savedState.ts'
import { RecentRows } from '../sequences/recentRows.ts'
import { readMatrix } from '../sequences/sparseRows.ts'
import { transitionMatrix } from '../sequences/transitionMatrix.ts'
import { SessionIndex } from './sessionIndex.ts'
import type { SessionNeighbours } from './sessionNeighbours.ts'
import { stan, STAN_BOUNDS, stanNeighbours, type StanParameters } from './stan.ts'

type StanTransitionsParameters = StanParameters & {
  /** Largest distance, in events, of a transition; both directions count. */
  readonly window: number
  /** A pair at distance g counts decay^(g − 1). */
  readonly decay: number
  /** A transition is divided by (sum of its row)^rowPower · (sum of its column)^columnPower. */
  readonly rowPower: number
  readonly columnPower: number
  /** Transitions that are kept per item; 0: all. */
  readonly keep: number
  /** Best items of STAN from which a step is taken. */
  readonly steps: number
  /** Weight of the steps against STAN, each divided by its largest score. */
  readonly transitionWeight: number
}

const NAME = 'stan-transitions'

/**
 * STAN, and one step of transitions from the best of its list, each item by its score. The step reaches items
 * that no past session has together with the asked one: half of all items of Diginetica have at most 10
 * clicks. A step from the asked session itself finds nothing that STAN has not, and costs quality: on the
 * cut inside Diginetica's training part HR@20 .516 becomes .502 by it, and .521 by the step from STAN's list.
 */
class StanTransitions implements Recommender {
  readonly name = NAME
  readonly #neighbours: SessionNeighbours
  readonly #transitions: RecentRows
  readonly #steps: number
  readonly #weight: number
  readonly #best = new TopK()
  readonly #stepped: Float32Array

  constructor(
    neighbours: SessionNeighbours,
    transitions: RecentRows,
    { steps, transitionWeight }: StanTransitionsParameters,
  ) {
    this.#neighbours = neighbours
    this.#transitions = transitions
    this.#steps = steps
    this.#weight = transitionWeight
    this.#stepped = new Float32Array(neighbours.items)
  }

  get items(): number {
    return this.#neighbours.items
  }

  score(history: History, scores: Float32Array): void {
    this.#neighbours.score(history, scores)
    const found = this.#bestOf(scores)
    if (found.item.length === 0) return
    const stepped = this.#stepped
    this.#transitions.score(found, stepped)
    const { byNeighbours, byStep } = this.#factors(found, stepped)
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) * byNeighbours + (stepped[i] as number) * byStep
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const scores = new Float32Array(this.items)
    this.#neighbours.score(history, scores)
    const found = this.#bestOf(scores)
    if (found.item.length === 0) return []
    this.#transitions.score(found, this.#stepped)
    const { byNeighbours, byStep } = this.#factors(found, this.#stepped)
    const sums = new Map<number, number>()
    const add = (parts: readonly ScorePart[], factor: number): void => {
      for (const part of parts) {
        sums.set(part.item, (sums.get(part.item) ?? 0) + part.score * factor)
      }
    }
    add(this.#neighbours.parts(history, item), byNeighbours)
    // A step from an item counts for the events that brought STAN to that item.
    for (const step of this.#transitions.parts(found, item)) {
      const factor = (step.score * byStep) / (scores[step.item] as number)
      add(this.#neighbours.parts(history, step.item), factor)
    }
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return [...this.#neighbours.save(), ...this.#transitions.save()]
  }

  /** The items with the highest scores above 0, best first, with their scores as weights. */
  #bestOf(scores: Float32Array): { readonly item: Int32Array; readonly weight: Float32Array } {
    this.#best.reset(this.#steps)
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] as number
      if (score > 0) this.#best.offer(i, score)
    }
    const ranked = this.#best.ranked()
    return { item: ranked.ids.slice(), weight: Float32Array.from(ranked.scores) }
  }

  #factors(
    found: { readonly weight: Float32Array },
    stepped: Float32Array,
  ): { readonly byNeighbours: number; readonly byStep: number } {
    let largest = 0
    for (const score of stepped) if (score > largest) largest = score
    return {
      byNeighbours: 1 / (found.weight[0] ?? 1),
      byStep: largest === 0 ? 0 : this.#weight / largest,
    }
  }
}

const everyStep = (steps: number): { historyDecay: number; historyLength: number } => ({
  historyDecay: 1,
  historyLength: steps,
})

export const stanTransitions: RecommenderKind<StanTransitionsParameters> = {
  name: NAME,
  title: 'STAN and a step of transitions',
  source: `${stan.source} The step is that of a random walk over the items.`,
  format: 1,
  defaults: {
    ...stan.defaults,
    window: 4,
    decay: 0.6,
    rowPower: 0.5,
    columnPower: 0.5,
    keep: 500,
    steps: 20,
    transitionWeight: 0.1,
  },
  bounds: {
    ...STAN_BOUNDS,
    window: [1, 255],
    decay: [0, 1],
    rowPower: [0, 1],
    columnPower: [0, 1],
    keep: [0, 1_000_000],
    steps: [1, 10_000],
    transitionWeight: [0, 100],
  },
  ...(stan.candidates && { candidates: stan.candidates }),
  fit: ({ histories }, parameters) => {
    const matrix = transitionMatrix(histories, { ...parameters, bothWays: true })
    return Promise.resolve(
      new StanTransitions(
        stanNeighbours(SessionIndex.of(histories), parameters),
        new RecentRows(NAME, matrix, everyStep(parameters.steps)),
        parameters,
      ),
    )
  },
  load: (sections, parameters) => {
    const reader = new SectionReader(sections)
    const neighbours = stanNeighbours(SessionIndex.load(reader), parameters)
    const rows = new RecentRows(NAME, readMatrix(reader), everyStep(parameters.steps))
    return new StanTransitions(neighbours, rows, parameters)
  },
}
