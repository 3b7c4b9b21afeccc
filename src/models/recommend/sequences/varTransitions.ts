import type { History } from '../histories.ts'
import { blockAutoregression, type VarParameters } from '../linear/var.ts'
import type { Recommender, RecommenderKind, ScorePart } from '../recommender.ts'
import { type Section, SectionReader } from '../savedState.ts'
import { RecentRows } from './recentRows.ts'
import { MATRIX_SECTIONS, readMatrix } from './sparseRows.ts'
import { transitionMatrix } from './transitionMatrix.ts'
import { transitions, type TransitionParameters } from './transitions.ts'

type VarTransitionsParameters = VarParameters &
  TransitionParameters & {
    /** Weight of the transitions against the autoregression, each divided by its standard deviation. */
    readonly transitionWeight: number
  }

const NAME = 'var-transitions'

/**
 * Autoregression and transitions, each divided by the standard deviation of its scores of this person, which
 * ranks as their z-scores do.
 */
class VarTransitions implements Recommender {
  readonly name = NAME
  readonly #regression: Recommender
  readonly #transitions: RecentRows
  readonly #weight: number
  readonly #followed: Float32Array

  constructor(regression: Recommender, rows: RecentRows, weight: number) {
    this.#regression = regression
    this.#transitions = rows
    this.#weight = weight
    this.#followed = new Float32Array(rows.items)
  }

  get items(): number {
    return this.#transitions.items
  }

  score(history: History, scores: Float32Array): void {
    const [a, b] = this.#scoreBoth(history, scores)
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) * a + (this.#followed[i] as number) * b
    }
  }

  parts(history: History, item: number): readonly ScorePart[] {
    const [a, b] = this.#scoreBoth(history, new Float32Array(this.items))
    const sums = new Map<number, number>()
    const add = (parts: readonly ScorePart[], factor: number): void => {
      for (const part of parts) {
        sums.set(part.item, (sums.get(part.item) ?? 0) + part.score * factor)
      }
    }
    add(this.#regression.parts(history, item), a)
    add(this.#transitions.parts(history, item), b)
    return Array.from(sums, ([from, score]) => ({ item: from, score }))
  }

  save(): readonly Section[] {
    return [...this.#transitions.save(), ...this.#regression.save()]
  }

  /** The scores of both, those of the transitions in their buffer, and the factors by which they add up. */
  #scoreBoth(history: History, scores: Float32Array): readonly [number, number] {
    this.#regression.score(history, scores)
    this.#transitions.score(history, this.#followed)
    return [1 / deviationOf(scores), this.#weight / deviationOf(this.#followed)]
  }
}

/** Standard deviation; 1 where all are equal. */
function deviationOf(scores: Float32Array): number {
  let sum = 0
  let squares = 0
  for (const score of scores) {
    sum += score
    squares += score * score
  }
  const mean = sum / scores.length
  const variance = squares / scores.length - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 1
}

export const varTransitions: RecommenderKind<VarTransitionsParameters> = {
  name: NAME,
  title: 'Block ridge autoregression and transitions',
  source: `${blockAutoregression.source} ${transitions.source}`,
  format: 1,
  defaults: {
    ...blockAutoregression.defaults,
    ...transitions.defaults,
    // On the cut inside MovieLens 1M: NDCG@10 .1755 without, .1775 with weight .3, .1782 with .5, .1779 with .8.
    rowPower: 0.8,
    historyDecay: 0.7,
    transitionWeight: 0.5,
  },
  bounds: { ...blockAutoregression.bounds, ...transitions.bounds, transitionWeight: [0, 100] },
  ...(blockAutoregression.suits && { suits: blockAutoregression.suits }),
  fit: async (data, parameters, context) => {
    const regression = await blockAutoregression.fit(data, parameters, context)
    const rows = new RecentRows(NAME, transitionMatrix(data.histories, parameters), parameters)
    return new VarTransitions(regression, rows, parameters.transitionWeight)
  },
  load: (sections, parameters) => {
    const matrix = readMatrix(new SectionReader(sections))
    const regression = blockAutoregression.load(sections.slice(MATRIX_SECTIONS), parameters)
    const rows = new RecentRows(NAME, matrix, parameters)
    return new VarTransitions(regression, rows, parameters.transitionWeight)
  },
}
