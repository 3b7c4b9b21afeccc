export { profilesErrors } from './errors.ts'
export { decayedTop, type DecayedTopOptions } from './features/decayedTop.ts'
export {
  countOf,
  countWhere,
  defaultFeatures,
  eventsNamed,
  orderCount,
  valueOf,
} from './features/defaultFeatures.ts'
export type {
  AttributeText,
  FeatureDeclaration,
  FeatureEvent,
  FeatureSchema,
  FeatureState,
  FeatureValue,
  WeightedKey,
} from './features/feature.ts'
export { FeatureSet, type FeatureStates } from './features/featureSet.ts'
export { recency, type RecencySeries } from './features/recency.ts'
export { type Series, windowedSums } from './features/windowedSums.ts'
export { defaultIdentityRules, type IdentityRules } from './identityRules.ts'
export type { LogPlace, MergeRecord } from './mergeLog.ts'
export { identifiersOf, Persons, type PersonsOptions } from './persons.ts'
export type { Applied, DecisionRecord } from './population.ts'
export type { HistoryEntry, ItemInteraction, Profile, RecentEvent, ShownList } from './profile.ts'
export type { ProfileView } from './profileView.ts'
export type { DecisionMatch } from './shownLists.ts'
export type { PersonRecord, Unmerge } from './unmerge.ts'
