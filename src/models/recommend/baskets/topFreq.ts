import type { History } from '../histories.ts'
import type { Recommender, RecommenderKind, ScorePart, TrainingData } from '../recommender.ts'
import { type Section, SectionReader, sectionsOf } from '../savedState.ts'
import { basketPopularity, forEachInBaskets, rankShares } from './basketCounts.ts'

type TopFreqParameters = {
  /** The newest basket counts 1, the n-th before it decay^n. */
  readonly decay: number
  /**
   * Weight of the rank by popularity, between 0 and 1, against one basket of the newest kind. With decay 1
   * and weight 1 it decides exactly among items of equally many baskets.
   */
  readonly popularityWeight: number
}

const NAME = 'top-freq'

/** How often the person's baskets had the item; then how many baskets of all people did. */
class TopFreq implements Recommender {
  readonly name = NAME
  readonly #popularity: Float32Array
  readonly #ranks: Float32Array
  readonly #decay: number

  constructor(popularity: Float32Array, { decay, popularityWeight }: TopFreqParameters) {
    this.#popularity = popularity
    this.#ranks = rankShares(popularity).map((share) => share * popularityWeight)
    this.#decay = decay
  }

  get items(): number {
    return this.#ranks.length
  }

  score(history: History, scores: Float32Array): void {
    scores.set(this.#ranks)
    forEachInBaskets(history, (item, back) => {
      if (item < this.items) scores[item] = (scores[item] as number) + this.#decay ** back
    })
  }

  parts(history: History, item: number): readonly ScorePart[] {
    let own = 0
    forEachInBaskets(history, (i, back) => {
      if (i === item) own += this.#decay ** back
    })
    const popular = { item: -1, score: this.#ranks[item] ?? 0 }
    return own > 0 ? [{ item, score: own }, popular] : [popular]
  }

  save(): readonly Section[] {
    return sectionsOf(this.#popularity)
  }
}

/** Baskets must be known, or at least come again. */
export function hasBaskets({ histories }: TrainingData): boolean {
  return histories.basket !== undefined
}

export const topFreq: RecommenderKind<TopFreqParameters> = {
  name: NAME,
  title: 'GP-TopFreq, personal then global frequency',
  source:
    'Li, Jullien, Ariannezhad and de Rijke, "A next basket recommendation reality check", ACM TOIS 2023.',
  format: 1,
  defaults: { decay: 1, popularityWeight: 1 },
  bounds: { decay: [0, 1], popularityWeight: [0, 1] },
  candidates: () => [{}, { decay: 0.9 }, { decay: 0.8 }, { decay: 0.9, popularityWeight: 0.1 }],
  suits: hasBaskets,
  fit: ({ histories }, parameters) =>
    Promise.resolve(new TopFreq(basketPopularity(histories), parameters)),
  load: (sections, parameters) => new TopFreq(new SectionReader(sections).float32(), parameters),
}
