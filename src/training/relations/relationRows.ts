import type { CsrMatrix, SparseScores } from '../../math/index.ts'
import { type Section, type SectionReader, sectionsOf } from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'

/** For each item the items that go with it, with scores above 0; rows of no more than a few dozen. */
export class RelationRows {
  readonly #start: Uint32Array
  readonly #index: Int32Array
  readonly #score: Float32Array

  private constructor(start: Uint32Array, index: Int32Array, score: Float32Array) {
    this.#start = start
    this.#index = index
    this.#score = score
  }

  /** An item does not go with itself: what a matrix says of that is left out. */
  static of({ rows, start, index, value }: CsrMatrix): RelationRows {
    const starts = new Uint32Array(rows + 1)
    const items = new Int32Array(index.length)
    const scores = new Float32Array(index.length)
    let count = 0
    for (let r = 0; r < rows; r++) {
      const end = start[r + 1] as number
      for (let e = start[r] as number; e < end; e++) {
        if (index[e] === r || (value[e] as number) <= 0) continue
        items[count] = index[e] as number
        scores[count++] = value[e] as number
      }
      starts[r + 1] = count
    }
    return new RelationRows(starts, items.slice(0, count), scores.slice(0, count))
  }

  /** Items with a row, which may be empty; later ones have none. */
  get items(): number {
    return this.#start.length - 1
  }

  /** Adds weight · score to each item of a row. The caller reserved `items` ids. */
  addRow(item: number, weight: number, into: SparseScores): void {
    if (item >= this.items) return
    const end = this.#start[item + 1] as number
    for (let e = this.#start[item] as number; e < end; e++) {
      into.add(this.#index[e] as number, weight * (this.#score[e] as number))
    }
  }

  /** 0 when the row does not have it. Cost: the row. */
  score(from: number, to: number): number {
    if (from >= this.items) return 0
    const end = this.#start[from + 1] as number
    for (let e = this.#start[from] as number; e < end; e++) {
      if (this.#index[e] === to) return this.#score[e] as number
    }
    return 0
  }

  save(): readonly Section[] {
    return sectionsOf(this.#start, this.#index, this.#score)
  }

  /** @throws TRAINING_CORRUPT_VERSION when the parts do not fit together */
  static load(reader: SectionReader): RelationRows {
    const start = Uint32Array.from(reader.int32())
    const index = reader.int32()
    const score = reader.float32()
    if (start.length === 0 || start.at(-1) !== index.length || index.length !== score.length) {
      throw trainingErrors.TRAINING_CORRUPT_VERSION('Rows of a relation do not fit its entries.')
    }
    return new RelationRows(start, index, score)
  }
}
