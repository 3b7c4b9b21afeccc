export type { Contribution, Explanation, ForYou } from './forYou.ts'
export {
  LiveModels,
  type PersonalItems,
  type RelationName,
  type ScoredItems,
} from './liveModels.ts'
export type { ObservedInteraction } from './observation.ts'
export type { SnapshotJob } from './snapshot.ts'
