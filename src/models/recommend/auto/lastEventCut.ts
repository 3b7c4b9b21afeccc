import { seededRandom } from '../../../base/index.ts'
import { cutHistories } from '../histories.ts'
import type { TrainingData } from '../recommender.ts'
import type { AutoCut } from './members.ts'

/** People that are asked about; beyond, the rest of the data stay whole. */
const MOST_ASKED = 30_000

/**
 * Asks for the last event of each person who has two or more, with those before it, where the person did not have the
 * item already. The data are without these events.
 */
export function lastEventCut(data: TrainingData, seed: number): AutoCut {
  const { histories } = data
  const { people, items, start, item } = histories
  const asked: number[] = []
  const random = seededRandom(seed)
  const share = MOST_ASKED / Math.max(1, people)
  for (let p = 0; p < people; p++) {
    const from = start[p] as number
    const last = (start[p + 1] as number) - 1
    if (last <= from || random.next() >= share) continue
    if (!item.subarray(from, last).includes(item[last] as number)) asked.push(p)
  }
  const isAsked = new Uint8Array(people)
  for (const p of asked) isAsked[p] = 1
  const everybody = Int32Array.from({ length: people }, (_, p) => p)
  const shown = cutHistories(
    histories,
    everybody,
    (p) => (start[p + 1] as number) - (isAsked[p] as number),
  )
  return {
    data: { ...data, histories: shown },
    questions: {
      count: asked.length,
      events: histories,
      from: Uint32Array.from(asked, (p) => start[p] as number),
      to: Uint32Array.from(asked, (p) => (start[p + 1] as number) - 1),
      relevant: {
        start: Uint32Array.from({ length: asked.length + 1 }, (_, q) => q),
        item: Int32Array.from(asked, (p) => item[(start[p + 1] as number) - 1] as number),
      },
      one: true,
      candidates: items,
      masked: true,
    },
  }
}
