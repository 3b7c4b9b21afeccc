import { seededRandom } from '../../../base/index.ts'
import { cutHistories } from '../histories.ts'
import type { TrainingData } from '../recommender.ts'
import { type AskedPlace, questionsAt } from './askedPlaces.ts'
import type { AutoCut } from './members.ts'

/** People that are asked about; beyond, the rest of the data stay whole. */
const MOST_ASKED = 30_000

/**
 * Asks for the last event of each person who has two or more, with those before it, where the person did not have the
 * item already. The data are without these events.
 */
export function lastEventCut(data: TrainingData, seed: number): AutoCut {
  const { histories } = data
  const { people, start, item } = histories
  const asked: AskedPlace[] = []
  const random = seededRandom(seed)
  const share = MOST_ASKED / Math.max(1, people)
  for (let person = 0; person < people; person++) {
    const from = start[person] as number
    const place = (start[person + 1] as number) - 1
    if (place <= from || random.next() >= share) continue
    if (!item.subarray(from, place).includes(item[place] as number)) asked.push({ person, place })
  }
  const isAsked = new Uint8Array(people)
  for (const { person } of asked) isAsked[person] = 1
  const everybody = Int32Array.from({ length: people }, (_, p) => p)
  const shown = cutHistories(
    histories,
    everybody,
    (p) => (start[p + 1] as number) - (isAsked[p] as number),
  )
  return { data: { ...data, histories: shown }, questions: questionsAt(histories, asked) }
}
