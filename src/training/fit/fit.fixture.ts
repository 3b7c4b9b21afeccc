import { randomInt, seededRandom } from '../../base/index.ts'
import type { RecommenderKind } from '../../models/index.ts'
import type { InteractionColumns } from '../../store/index.ts'
import type { FitJob, FitResult } from './fitJob.ts'
import { chooseRecipe, type FitClock, fitRecipe } from './fitModel.ts'

/** One event, people and items by number. */
export interface Did {
  readonly person: number
  readonly item: number
  /** Place in TRAINED_ACTIONS. */
  readonly action?: number
  readonly value?: number
  readonly time: number
}

/** Events as an analytics store gives them. */
export function columnsOf(did: readonly Did[], refused = 0): InteractionColumns {
  const rows = did.toSorted((a, b) => a.person - b.person)
  const persons = rows.map(({ person }) => person)
  return {
    rows: rows.length,
    people: Math.max(-1, ...persons) + 1,
    person: Uint32Array.from(persons),
    item: Uint32Array.from(rows, ({ item }) => item),
    action: Uint8Array.from(rows, ({ action = 0 }) => action),
    value: Float32Array.from(rows, ({ value = 1 }) => value),
    time: Float64Array.from(rows, ({ time }) => time),
    refused,
  }
}

export const HOUR = 3_600_000
export const GROUPS = 4
export const GROUP = 12

/** People who look at ten of the twelve items of one group, one about every six hours, begun anywhere in thirty days. */
export function groupVisits(people: number): Did[] {
  const random = seededRandom(11)
  return Array.from({ length: people }, (_, person) => {
    const left = Array.from({ length: GROUP }, (__, k) => (person % GROUPS) * GROUP + k)
    const start = randomInt(random, 30 * 24 * HOUR)
    return Array.from({ length: 10 }, (__, k) => ({
      person,
      item: left.splice(randomInt(random, left.length), 1)[0] ?? 0,
      time: start + 6 * HOUR * k + randomInt(random, HOUR),
    }))
  }).flat()
}

/** Chooses and fits in this thread. */
export async function fitHere(
  job: FitJob,
  clock: FitClock,
  kinds?: readonly RecommenderKind[],
): Promise<FitResult> {
  const silent = (): void => undefined
  const chosen = await chooseRecipe(job, silent, clock, kinds)
  if (chosen.outcome !== 'chosen') return chosen
  const { recipe, ...found } = chosen
  return { ...found, outcome: 'fitted', file: await fitRecipe(job, recipe, silent) }
}
