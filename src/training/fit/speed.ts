import { historyOfQuestion, type Recommender } from '../../models/index.ts'
import { ModelReader } from '../modelShare.ts'
import type { Asked } from './timeCut.ts'

/** What a model costs a decision, milliseconds of processor time; means over people. */
export interface Speed {
  /** The leading items of one person. */
  readonly candidates: number
  /** The parts of the score of one item. */
  readonly parts: number
}

const ASKED = 100
const WARM_UP = 20
/** Lists are made in a thread of their own and kept by person: decisions wait for them a few milliseconds at most. */
const SLOWEST_CANDIDATES = 20
const SLOWEST_PARTS = 0.1

/**
 * Asks some people, after a few that only warm the machine up. Means, because systems count the time of a thread in
 * steps of up to 4 ms.
 */
export function speedOf(model: Recommender, { questions }: Asked, cpu: () => number): Speed {
  const reader = new ModelReader(model)
  const asked = Math.min(ASKED, questions.count)
  const history = (k: number) => historyOfQuestion(questions, k % questions.count)
  const best = Array.from({ length: WARM_UP }, (_, k) => reader.candidates(history(k)).items[0])
  const begin = cpu()
  for (let k = 0; k < asked; k++) best[k] = reader.candidates(history(k)).items[0]
  const candidates = (cpu() - begin) / asked
  model.parts(history(0), best[0] ?? 0)
  const middle = cpu()
  for (let k = 0; k < asked; k++) model.parts(history(k), best[k] ?? 0)
  return { candidates, parts: (cpu() - middle) / asked }
}

/** Whether decisions can wait for the model. */
export function isQuickEnough({ candidates }: Speed): boolean {
  return candidates <= SLOWEST_CANDIDATES
}

/** Whether decisions can wait for the parts of its scores; else a reason is given for the score as a whole. */
export function isQuickToExplain({ parts }: Speed): boolean {
  return parts <= SLOWEST_PARTS
}
