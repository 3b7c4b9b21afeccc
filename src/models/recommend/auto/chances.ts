import { fitCalibration } from '../../predict/calibration.ts'
import type { AutoChances } from './autoModel.ts'
import type { Lesson, RankerTable } from './ranker.ts'

/**
 * Learns what scores are worth on questions that taught neither members nor trees.
 * @param said what orders the rows of the table
 */
export function learnChances(
  { stage, questions }: Lesson,
  { rows, label, weight }: RankerTable,
  said: Float32Array,
): AutoChances {
  const found = label.reduce((sum, right) => sum + right, 0)
  const listed = weight.reduce((sum, one) => sum + one, 0)
  const others = questions.count * stage.items - listed
  const score = said.subarray(0, rows)
  return {
    ofScore: fitCalibration({ score, label, weight }),
    beyond: (questions.relevant.item.length - found) / Math.max(1, others),
  }
}
