export { trainingErrors } from './errors.ts'
export { TRAINED_ACTIONS, VALUED_ACTIONS } from './fit/trainedActions.ts'
export { historiesOf, type TrainingSet, trainingSet } from './fit/trainingSet.ts'
export { evaluateModel, modelNames } from './evaluate/evaluateModel.ts'
export { openDataset } from './evaluate/openDataset.ts'
export { reportInJson, reportInWords, reportsInWords } from './evaluate/report.ts'
export { type Task, TASKS } from './evaluate/sealedTest.ts'
export { tasteOf } from './forYou.ts'
export {
  LiveModels,
  type PersonalItems,
  type RelationName,
  type ScoredItems,
} from './liveModels.ts'
export type { ObservedInteraction } from './observation.ts'
export type { SnapshotJob } from './snapshot.ts'
export {
  ModelPointer,
  PROMOTE,
  type Promotion,
  promotionCommand,
  readPromotion,
  type Serving,
} from './modelPointer.ts'
export { PersonHistory } from './personHistory.ts'
export { OpinionReader } from './serve/opinion.ts'
export type { Cause, KeptList } from './serve/keptList.ts'
export { type ListKey, PersonalLists } from './serve/personalLists.ts'
export { type AtHand, PersonalServing, type ServingLimits } from './serve/personalServing.ts'
export { type People, warmUp } from './serve/warmUp.ts'
export { PersonalRanking, type TrainedOpinion } from './serve/personalRanking.ts'
export { RelationBlend } from './relations/relationBlend.ts'
export { RelationRows } from './relations/relationRows.ts'
export { TrainedRelations } from './relations/trainedRelations.ts'
export { type Manifest, ModelRegistry } from './registry.ts'
export { ServedModel } from './serve/servedModel.ts'
export { Trainer, type TrainingReport, type TrainingState, type TrainOptions } from './trainer.ts'
