import { meanOf, ndcgOfRows } from './blend.ts'
import { pairedGain } from '../../evaluate/pairedGain.ts'
import type { CandidateRows } from './candidateRows.ts'

/** A step that was tried, and what it was worth on the questions that nothing was chosen by. */
export interface AutoStep {
  /**
   * The ranker is tried as it is; with questions of many right items counting less; then with attributes and whatever else
   * is known.
   */
  readonly step: 'best member' | 'blend' | 'ranker' | 'even ranker' | 'attributes'
  /** NDCG@k. */
  readonly value: number
  /** Gain over the last step that was kept, and its paired standard error. */
  readonly gain: number
  readonly error: number
  readonly kept: boolean
}

/** Keeps a step only where it beats the one before by more than one paired standard error. */
export class Judge {
  readonly steps: AutoStep[] = []
  /** Those that judge, by number. */
  readonly questions: Int32Array
  readonly #rows: CandidateRows
  readonly #options: { readonly k: number; readonly among: Int32Array }
  readonly #say: (line: string) => void
  #kept: Float64Array = new Float64Array(0)

  constructor(rows: CandidateRows, questions: Int32Array, k: number, say: (line: string) => void) {
    this.#rows = rows
    this.questions = questions
    this.#options = { k, among: questions }
    this.#say = say
  }

  /** The step that needs no reason. */
  first(score: Float32Array): void {
    this.#kept = ndcgOfRows(this.#rows, score, this.#options)
    this.#note({
      step: 'best member',
      value: meanOf(this.#kept),
      gain: 0,
      error: 0,
      kept: true,
    })
  }

  keeps(step: AutoStep['step'], score: Float32Array): boolean {
    const values = ndcgOfRows(this.#rows, score, this.#options)
    const { mean: gain, standardError: error } = pairedGain(values, this.#kept)
    const kept = gain > error
    this.#note({ step, value: meanOf(values), gain, error, kept })
    if (kept) this.#kept = values
    return kept
  }

  #note(step: AutoStep): void {
    this.steps.push(step)
    const { value, gain, error, kept } = step
    const words = step.step === 'best member' ? '' : ` (${gain.toFixed(4)} ± ${error.toFixed(4)})`
    const k = this.#options.k
    this.#say(`${step.step}: ndcg@${k} ${value.toFixed(4)}${words}${kept ? '' : ', left out'}`)
  }
}
