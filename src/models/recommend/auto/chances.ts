import { seededRandom } from '../../../base/index.ts'
import { fitCalibration } from '../../predict/calibration.ts'
import type { Trees } from '../../predict/trees.ts'
import type { AutoChances } from './autoModel.ts'
import { forEachShortlist, type Lesson } from './ranker.ts'

/** Wrong candidates beyond these are sampled: the rates are known well enough, and sorting should take no seconds. */
const MOST_ROWS = 400_000

export interface ChanceOptions {
  /** What orders the shortlist; absent: the blend. */
  readonly trees: Trees | undefined
  readonly depth: number
  readonly seed: number
}

/**
 * Learns what scores are worth on questions that taught neither members nor trees: candidates, right or not, with what
 * was said of them. Sampled ones weigh 1 over their chance.
 */
export function learnChances(lesson: Lesson, { trees, depth, seed }: ChanceOptions): AutoChances {
  const { questions } = lesson
  const random = seededRandom(seed)
  const chance = Math.min(1, MOST_ROWS / Math.max(1, questions.count * depth))
  const score: number[] = []
  const label: number[] = []
  const logits = new Float32Array(depth)
  let listed = 0
  let found = 0
  forEachShortlist(lesson, (_, { item, blend, rows }, right) => {
    const said = trees === undefined ? blend : trees.scores(rows, item.length, logits)
    listed += item.length
    for (let k = 0; k < item.length; k++) {
      found += right[k] as number
      if (right[k] === 0 && chance < 1 && random.next() >= chance) continue
      score.push(said[k] as number)
      label.push(right[k] as number)
    }
  })
  const ofScore = fitCalibration({
    score: Float32Array.from(score),
    label: Float32Array.from(label),
    weight: Float32Array.from(label, (one) => (one === 1 ? 1 : 1 / chance)),
  })
  const wanted = questions.relevant.item.length
  const others = questions.count * lesson.stage.items - listed
  return { ofScore, beyond: (wanted - found) / Math.max(1, others) }
}
