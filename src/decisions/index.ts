export { decide, wantsRanking } from './decide.ts'
export type {
  DecidedItem,
  DecidedPlacement,
  Decision,
  DecisionRecord,
  MadeDecision,
  Reason,
  ScorePart,
} from './decision.ts'
export type { DecisionWorld } from './decisionScope.ts'
export { parsePlacement, type Placement, PlacementSchema } from './placement.ts'
export { Placements } from './placements.ts'
export { type DecideRequest, DecideRequestSchema, parseDecideRequest } from './request.ts'
export { addsToHistory, historyOf } from './session.ts'
