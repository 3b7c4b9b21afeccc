export { answerQuestions, type Answers } from './evaluate/answer.ts'
export { bootstrapIntervals, type Interval, quantile } from './evaluate/bootstrap.ts'
export { type CandidateFacts, type Exposure, exposureOf, ownersOf } from './evaluate/exposure.ts'
export { type Metric, metricOf } from './evaluate/metric.ts'
export { exceeds, type Gain, pairedGain } from './evaluate/pairedGain.ts'
export { type ItemLists, historyOfQuestion, type Questions } from './evaluate/questions.ts'
export { automatic, memberSettings, membersInJson } from './recommend/auto/automatic.ts'
export { autoKinds } from './recommend/auto/autoKinds.ts'
export type { AutoCut } from './recommend/auto/members.ts'
export { AutoModel } from './recommend/auto/autoModel.ts'
export { type AutoReport, fitAuto } from './recommend/auto/fitAuto.ts'
export { DecayedCounts } from './recommend/decayedCounts.ts'
export {
  cutHistories,
  type Histories,
  type History,
  historyOf,
  interactionMatrix,
  onePerson,
  selectPeople,
} from './recommend/histories.ts'
export { ItemRelation, type RelationOptions } from './recommend/itemRelation.ts'
export { decodeModel, encodeModel } from './recommend/modelFile.ts'
export { type RankedLists, type RankOptions, recommend } from './recommend/rank.ts'
export type {
  FitContext,
  ItemAttributes,
  Parameters,
  Recommender,
  RecommenderKind,
  ScorePart,
  TrainingData,
} from './recommend/recommender.ts'
export { parametersOf, recommenderKind, RECOMMENDERS } from './recommend/recommenders.ts'
export { powerSimilarity } from './recommend/neighbours/powerSimilarity.ts'
export { transitionMatrix } from './recommend/sequences/transitionMatrix.ts'
export { type Section, SectionReader, sectionsOf } from './recommend/savedState.ts'
export { trendingItems, type TrendingOptions } from './recommend/trending.ts'
export { attributeShares, miscalibration } from './rerank/calibration.ts'
export type { Cap } from './rerank/caps.ts'
export type { NewItems } from './rerank/newItems.ts'
export type {
  CalibrationOptions,
  Candidates,
  DiversityOptions,
  RerankOptions,
} from './rerank/options.ts'
export { popularityBuckets, type PopularityControl } from './rerank/popularity.ts'
export { Reranker } from './rerank/reranker.ts'
export type { Similarity } from './rerank/similarity.ts'
