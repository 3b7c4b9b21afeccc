import type { RecommenderKind, TrainingData } from '../recommender.ts'
import { RECOMMENDERS } from '../recommenders.ts'

/** Mean events of a history up to which it is looked at as a session. */
const SESSION_EVENTS = 30
const OF_SESSIONS: ReadonlySet<string> = new Set(['vsknn', 'stan', 'stan-transitions'])
/** Forms of others that stand in the table for comparison: they cost a fit and add nothing to a blend. */
const COMPARED: ReadonlySet<string> = new Set([
  'ials-64',
  'ials-192',
  'ials-256',
  'ease',
  'markov',
  'vsknn',
  'var-transitions',
])

/** The kinds that a blend is made of, for data of this shape; those that lack what they need say so themselves. */
export function autoKinds(data: TrainingData): readonly RecommenderKind[] {
  const { people, item } = data.histories
  const long = item.length > SESSION_EVENTS * people
  return RECOMMENDERS.filter(
    (kind) => !COMPARED.has(kind.name) && !(long && OF_SESSIONS.has(kind.name)),
  )
}
