import { randomInt, seededRandom } from '../../../base/index.ts'
import type { Questions } from '../../evaluate/questions.ts'
import { type Histories, selectPeople } from '../histories.ts'
import type { TrainingData } from '../recommender.ts'
import { type AskedPlace, questionsAt } from './askedPlaces.ts'
import type { AutoCut } from './members.ts'

/** Share of the people who are kept away from the members. */
const HELD_OUT = 0.2
/** Places of each of them that are asked for. */
const PLACES = 18
/** Histories that are shorter teach more as part of the data than held out. */
const LONG = 10

/**
 * Questions that teach a ranker what comes next, out of the middle of long histories: a fifth of the people are held
 * out, and for each of them 18 random places are asked for with what came before. The last items alone are too few:
 * on 6,000 people they lose half of what the ranker gains with these.
 * Undefined where the questions of `select` are as many and as good: histories of less than ten events, or lists of
 * right items.
 */
export function teachingCut(
  data: TrainingData,
  select: Questions,
  seed: number,
): AutoCut | undefined {
  const { histories } = data
  if (!select.one || !select.masked || select.among !== undefined) return undefined
  if (medianLength(histories) < LONG) return undefined
  const random = seededRandom(seed)
  const heldOut: number[] = []
  const kept: number[] = []
  for (let p = 0; p < histories.people; p++) (random.next() < HELD_OUT ? heldOut : kept).push(p)
  const asked: AskedPlace[] = []
  for (const person of heldOut) {
    const second = (histories.start[person] as number) + 1
    const places = (histories.start[person + 1] as number) - second
    for (const place of drawn(places, () => randomInt(random, places))) {
      asked.push({ person, place: second + place })
    }
  }
  const questions = questionsAt(histories, asked)
  const { now: _, ...timeless } = questions
  return {
    data: { ...data, histories: selectPeople(histories, kept) },
    // Told only where the questions that judge tell it.
    questions: select.now === undefined ? timeless : questions,
  }
}

/** Some of the places 0 .. n-1, each once, in rising order. */
function drawn(n: number, draw: () => number): readonly number[] {
  if (n <= PLACES) return Array.from({ length: Math.max(0, n) }, (_, place) => place)
  const places = new Set<number>()
  while (places.size < PLACES) places.add(draw())
  return [...places].sort((a, b) => a - b)
}

function medianLength({ people, start }: Histories): number {
  const lengths = Uint32Array.from(
    { length: people },
    (_, p) => (start[p + 1] as number) - (start[p] as number),
  ).sort()
  return lengths[people >> 1] ?? 0
}
