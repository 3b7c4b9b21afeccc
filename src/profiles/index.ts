export { defaultFeatures } from './features/defaultFeatures.ts'
export type {
  AttributeText,
  FeatureDeclaration,
  FeatureEvent,
  FeatureSchema,
  FeatureState,
  FeatureValue,
  WeightedKey,
} from './features/feature.ts'
export type { IdentityRules } from './identityRules.ts'
export type { LogPlace, MergeRecord } from './mergeLog.ts'
export { identifiersOf, Persons, type PersonsOptions } from './persons.ts'
export type { Applied } from './applied.ts'
export type { DecisionRecord } from './population.ts'
export type { ItemInteraction } from './itemInteraction.ts'
export type { HistoryEntry, Profile, RecentEvent, ShownList } from './profile.ts'
export type { ProfileView } from './profileView.ts'
export type { DecisionMatch } from './shownLists.ts'
export type { PersonRecord, Unmerge } from './unmerge.ts'
