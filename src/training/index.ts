export { trainingErrors } from './errors.ts'
export type { Contribution, ForYou } from './forYou.ts'
export {
  LiveModels,
  type PersonalItems,
  type RelationName,
  RELATIONS,
  type ScoredItems,
} from './liveModels.ts'
export type { ObservedInteraction } from './observation.ts'
