import { type Histories, type History, historyOf, type Recommender } from '../../models/index.ts'
import { type ModelCandidates, ModelReader } from '../modelShare.ts'

/** Own items named for each leading item. */
export const NAMED = 2
/** Leading items, the person's own ones left out, whose scores are taken apart. */
export const EXPLAINED = 24

/** What a trained model says of one person: the leading items, and what speaks for the first of them. */
export interface Opinion extends ModelCandidates {
  /** NAMED places for each item, or empty: the person's items that raised its score most; -1: none is known. */
  readonly because: Int32Array
  /** The part of each in what the model says of the item, 0 to 1. */
  readonly shares: Float32Array
}

export const NO_OPINION: Opinion = {
  items: new Int32Array(0),
  scores: new Float32Array(0),
  because: new Int32Array(0),
  shares: new Float32Array(0),
}

/** Asks a model for one person after the other; keeps its arrays. */
export class OpinionReader {
  readonly #recommender: Recommender
  readonly #explains: boolean
  readonly #reader: ModelReader

  /** @param explains whether the parts of a score are told quickly enough */
  constructor(recommender: Recommender, explains: boolean) {
    this.#recommender = recommender
    this.#explains = explains
    this.#reader = new ModelReader(recommender)
  }

  /** Nothing for an empty history. Cost: that of the model, and of taking 24 scores apart. */
  read(history: History): Opinion {
    if (history.item.length === 0) return NO_OPINION
    return this.#explained(history, this.#reader.candidates(history))
  }

  /** The same for several people, who are scored together. */
  readAll(histories: Histories): readonly Opinion[] {
    return this.#reader.candidatesOfAll(histories).map((candidates, p) => {
      const history = historyOf(histories, p)
      return history.item.length === 0 ? NO_OPINION : this.#explained(history, candidates)
    })
  }

  #explained(history: History, { items, scores }: ModelCandidates): Opinion {
    const { because, shares } = NO_OPINION
    if (!this.#explains) return { items, scores, because, shares }
    return { items, scores, ...this.#causes(history, items) }
  }

  #causes(history: History, items: Int32Array): Pick<Opinion, 'because' | 'shares'> {
    const because = new Int32Array(items.length * NAMED).fill(-1)
    const shares = new Float32Array(items.length * NAMED)
    const own = new Set(history.item)
    let explained = 0
    for (let k = 0; k < items.length && explained < EXPLAINED; k++) {
      const item = items[k] as number
      if (own.has(item)) continue
      explained++
      const parts = this.#recommender.parts(history, item).filter(({ score }) => score > 0)
      const sum = parts.reduce((all, { score }) => all + score, 0)
      parts.sort((a, b) => b.score - a.score || a.item - b.item)
      for (const [place, part] of parts.slice(0, NAMED).entries()) {
        because[k * NAMED + place] = part.item
        shares[k * NAMED + place] = part.score / sum
      }
    }
    return { because, shares }
  }
}
