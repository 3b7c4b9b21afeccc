import type { Action } from '../../events/index.ts'
import { POPULARITY_WEIGHT, ratingWeight } from '../observation.ts'

/** Actions that models are fitted on; an action is known by its place in this list. */
export const TRAINED_ACTIONS = [
  'view',
  'click',
  'consume',
  'rate',
  'wish',
  'cart',
  'buy',
] as const satisfies readonly Action[]

/** Actions whose value says something about taste; what was spent says something about price. */
export const VALUED_ACTIONS: readonly Action[] = ['rate']

const WEIGHTS = TRAINED_ACTIONS.map((action) => POPULARITY_WEIGHT[action])
const RATE = TRAINED_ACTIONS.indexOf('rate')
const PLACES: ReadonlyMap<Action, number> = new Map(
  TRAINED_ACTIONS.map((action, place) => [action, place]),
)

/** Place of an action in the list; -1 when models do not learn from it. */
export function placeOfAction(action: Action): number {
  return PLACES.get(action) ?? -1
}

/** How much an event counts: as in the live counts, and a rating by its value. Above 0. */
export function weightOf(place: number, value: number): number {
  const weight = WEIGHTS[place] as number
  return place === RATE ? weight * ratingWeight(value) : weight
}
