import { historyOfQuestion, type Recommender } from '../../models/index.ts'
import { ModelReader } from '../modelShare.ts'
import { EXPLAINED } from '../serve/opinion.ts'
import type { Asked } from './timeCut.ts'

/** What a model costs a decision, milliseconds of processor time; means over people. */
export interface Speed {
  /** The leading items of one person. */
  readonly candidates: number
  /** The parts of the score of one item, where some of the same person are asked for. */
  readonly parts: number
}

const ASKED = 100
const WARM_UP = 20
/** Lists are made in a thread of their own and kept by person: decisions wait for them a few milliseconds at most. */
const SLOWEST_CANDIDATES = 20
/** Items of a person whose parts are asked for to measure it. */
const ASKED_ITEMS = 8

/**
 * Asks some people, after a few that only warm the machine up. Means, because systems count the time of a thread in
 * steps of up to 4 ms.
 */
export function speedOf(model: Recommender, { questions }: Asked, cpu: () => number): Speed {
  const reader = new ModelReader(model)
  const asked = Math.min(ASKED, questions.count)
  const history = (k: number) => historyOfQuestion(questions, k % questions.count)
  const leading = (k: number) => reader.candidates(history(k)).items.subarray(0, ASKED_ITEMS)
  const best = Array.from({ length: WARM_UP }, (_, k) => leading(k))
  const begin = cpu()
  for (let k = 0; k < asked; k++) best[k] = leading(k)
  const candidates = (cpu() - begin) / asked
  model.parts(history(0), 0)
  const middle = cpu()
  for (let k = 0; k < asked; k++) {
    const own = history(k)
    for (const item of best[k] ?? []) model.parts(own, item)
  }
  return { candidates, parts: (cpu() - middle) / asked / ASKED_ITEMS }
}

/** Whether decisions can wait for the model. */
export function isQuickEnough({ candidates }: Speed): boolean {
  return candidates <= SLOWEST_CANDIDATES
}

/** Whether the parts of its scores can be told too; else a reason is given for the score as a whole. */
export function isQuickToExplain({ candidates, parts }: Speed): boolean {
  return candidates + EXPLAINED * parts <= SLOWEST_CANDIDATES
}
