import type { Questions } from '../evaluate/questions.ts'
import type { Histories, History, ValueRows } from './histories.ts'
import type { Section } from './savedState.ts'

/** What a recommender learns from. */
export interface TrainingData {
  readonly histories: Histories
  /** Attribute values of the items, where there are any. */
  readonly attributes?: ItemAttributes
  readonly numbers?: ItemNumbers
  /** Dense vectors of the items, supplied by the user: items × dimensions, row by row; a row of zeros is unknown. */
  readonly embeddings?: { readonly dimensions: number; readonly vectors: Float32Array }
}

/** Which attribute values each item has. */
export type ItemAttributes = ValueRows

/** Numbers that say something about the items, such as price or year. */
export interface ItemNumbers {
  readonly names: readonly string[]
  /** items × names, row by row; NaN: not known. */
  readonly values: Float32Array
}

/** What a fit may use, and how it says what it is doing. */
export interface FitContext {
  /** Everything random in a fit comes from this number. */
  readonly seed: number
  /** Threads a fit may use, the calling one included. */
  readonly threads: number
  /** Called now and then with the share that is done, from 0 to 1. */
  readonly progress?: (done: number) => void
  /** Bytes a fit may hold at once. Beyond, `fit` throws MODELS_TOO_LARGE before it starts. */
  readonly memoryLimit?: number
  /** For a kind that chooses among others. Absent: it makes a cut of its own. */
  readonly choosing?: Choosing
}

/** What a fit chooses by. */
export interface Choosing {
  /** Their answers are not among the data of the fit. */
  readonly questions: Questions
  /** Is told what is about to be tried. */
  readonly trying?: (name: string) => void
  /** Is told of each thing tried, in a line for people. */
  readonly say: (line: string) => void
  /** False when nothing more should be tried. */
  readonly inTime: () => boolean
  /** Is given what was fitted on the way, on the same data, to be compared with the result. */
  readonly offer?: (recommender: Recommender, parameters: Parameters) => void
}

/** A part of a score: what the person had done with `item` (-1: no one item), and what it contributes. */
export interface ScorePart {
  readonly item: number
  readonly score: number
}

/**
 * A fitted recommender. Immutable: asking changes nothing, though it may reuse buffers of its own, so one
 * instance is asked from one thread.
 */
export interface Recommender {
  /** Its name in the table of recommenders. */
  readonly name: string
  readonly items: number
  /**
   * Writes the score of every item for a person with this history into `scores` (length `items`); higher is
   * better. 0 says "nothing speaks for it" wherever the model's scores cannot be negative.
   * The history may be empty, and may hold items beyond those at fit time, which count for nothing.
   */
  score(history: History, scores: Float32Array): void
  /**
   * The same for a block of people: row p of `scores` (people × items) is person p. Only where it is faster
   * than asking one by one.
   */
  scoreAll?(histories: Histories, scores: Float32Array): void
  /**
   * The scores of these items alone, as `score` would write them up to rounding: scores[k] is that of items[k]. Only where
   * it is faster.
   */
  scoreItems?(history: History, items: Int32Array, scores: Float32Array): void
  /**
   * What the score of an item for this history is made of. The parts sum to the score, up to rounding,
   * unless the model is not additive in the history, where they are the loss of leaving each event out.
   */
  parts(history: History, item: number): readonly ScorePart[]
  /**
   * The same on other data, with nothing chosen anew. Absent: a fit with the same parameters is that.
   * @throws MODELS_TOO_LARGE and what its parts throw
   */
  refit?(data: TrainingData, context: FitContext): Promise<Recommender>
  /** Everything that `load` needs besides the parameters. */
  save(): readonly Section[]
}

/** How a recommender is made: an entry of the table of recommenders. P holds only numbers, strings and booleans. */
export interface RecommenderKind<P extends Parameters = Parameters> {
  readonly name: string
  /** Name for people, and the source: author, title, year. */
  readonly title: string
  readonly source: string
  /** Raised when the saved form changes. */
  readonly format: number
  /** Defaults, which also say the type of each parameter. */
  readonly defaults: P
  /** Bounds of the numeric parameters, both included. */
  readonly bounds: Readonly<Partial<Record<keyof P & string, readonly [number, number]>>>
  /** Settings that may suit these data; a cut inside the training data chooses. Absent or empty: the defaults. */
  readonly candidates?: (data: TrainingData) => readonly Partial<P>[]
  /** True when these data have what it needs (attributes, baskets, …). Absent: always. */
  readonly suits?: (data: TrainingData) => boolean
  fit(data: TrainingData, parameters: P, context: FitContext): Promise<Recommender>
  /** @throws MODELS_CORRUPT_STATE */
  load(sections: readonly Uint8Array[], parameters: P): Recommender
}

export type Parameters = Readonly<Record<string, number | string | boolean>>
