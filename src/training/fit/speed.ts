import { historyOfQuestion, quantile, type Recommender } from '../../models/index.ts'
import { ModelReader } from '../modelShare.ts'
import type { Half } from './timeCut.ts'

/** What a model costs a decision, milliseconds of processor time; 95th percentiles over people. */
export interface Speed {
  /** The leading items of one person. */
  readonly candidates: number
  /** The parts of the score of one item. */
  readonly parts: number
}

const ASKED = 60
const WARM_UP = 10
/** A decision shall take 10 ms at the most in 99 of 100 cases, waiting for others included. */
const SLOWEST_CANDIDATES = 2
const SLOWEST_PARTS = 0.25

/** Asks some people, after a few that only warm the machine up. */
export function speedOf(model: Recommender, { questions }: Half, cpu: () => number): Speed {
  const reader = new ModelReader(model)
  const candidates: number[] = []
  const parts: number[] = []
  for (let k = -WARM_UP; k < Math.min(ASKED, questions.count); k++) {
    const history = historyOfQuestion(questions, (k + WARM_UP) % questions.count)
    const begin = cpu()
    const { items } = reader.candidates(history)
    const middle = cpu()
    model.parts(history, items[0] ?? 0)
    if (k < 0) continue
    candidates.push(middle - begin)
    parts.push(cpu() - middle)
  }
  return { candidates: p95(candidates), parts: p95(parts) }
}

function p95(times: number[]): number {
  return quantile(Float64Array.from(times).sort(), 0.95)
}

/** Whether decisions can wait for the model. */
export function isQuickEnough({ candidates }: Speed): boolean {
  return candidates <= SLOWEST_CANDIDATES
}

/** Whether decisions can wait for the parts of its scores; else a reason is given for the score as a whole. */
export function isQuickToExplain({ parts }: Speed): boolean {
  return parts <= SLOWEST_PARTS
}
