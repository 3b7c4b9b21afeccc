export { evaluateModel, type EvaluationOptions } from './evaluate/evaluateModel.ts'
export { openDataset } from './evaluate/openDataset.ts'
export { reportInJson, reportInWords } from './evaluate/report.ts'
export { type Task, TASKS } from './evaluate/sealedTest.ts'
export type { Contribution, Explanation, ForYou } from './forYou.ts'
export {
  LiveModels,
  type PersonalItems,
  type RelationName,
  type ScoredItems,
} from './liveModels.ts'
export type { ObservedInteraction } from './observation.ts'
export type { SnapshotJob } from './snapshot.ts'
