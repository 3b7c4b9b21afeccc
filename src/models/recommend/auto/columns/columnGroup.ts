import type { Questions } from '../../../evaluate/questions.ts'
import type { History } from '../../histories.ts'
import type { TrainingData } from '../../recommender.ts'
import type { Section, SectionReader } from '../../savedState.ts'

/** Columns that one kind of knowledge adds to the rows of the ranker; a value that is not known is NaN. */
export interface ColumnGroup {
  readonly name: string
  readonly columns: readonly string[]
  /** Takes in the person whom the next calls of `write` are about. Cost: linear in the history. */
  read(history: History): void
  /** Writes the columns of one candidate into `out` from `at` on. */
  write(item: number, out: Float32Array, at: number): void
  save(): readonly Section[]
}

/** How a group is learnt from data, and read again. */
export interface ColumnGroupKind {
  readonly name: string
  /** Do the data have something for it, and the questions tell what it needs? */
  suits(data: TrainingData, questions: Questions): boolean
  /** Undefined where they do not. Cost: linear in the events. */
  learn(data: TrainingData): ColumnGroup | undefined
  /** @throws MODELS_CORRUPT_STATE */
  load(reader: SectionReader): ColumnGroup
}
