import type { History } from './histories.ts'
import type { Recommender, RecommenderKind, ScorePart, TrainingData } from './recommender.ts'
import { type Section, SectionReader, sectionsOf } from './savedState.ts'

type PopularityParameters = {
  /** Age at which an event counts half, in days; 0: all count alike. Without times it is not used. */
  readonly halfLifeDays: number
  /** Does an item count once for each person who had it, however often? Without a half-life. */
  readonly oncePerPerson: boolean
}

/** How many events each item has, or how many people had it, or with a half-life the decayed number of its events. */
class Popularity implements Recommender {
  readonly name = 'popularity'
  readonly #counts: Float32Array

  constructor(counts: Float32Array) {
    this.#counts = counts
  }

  get items(): number {
    return this.#counts.length
  }

  score(_history: History, scores: Float32Array): void {
    scores.set(this.#counts)
  }

  parts(_history: History, item: number): readonly ScorePart[] {
    return [{ item: -1, score: this.#counts[item] ?? 0 }]
  }

  save(): readonly Section[] {
    return sectionsOf(this.#counts)
  }
}

function plainCounts({ histories }: TrainingData, oncePerPerson: boolean): Float32Array {
  const { people, items, start, item } = histories
  const counts = new Float32Array(items)
  const last = new Int32Array(items).fill(-1)
  for (let p = 0; p < people; p++) {
    const to = start[p + 1] as number
    for (let e = start[p] as number; e < to; e++) {
      const i = item[e] as number
      if (!oncePerPerson || last[i] !== p) counts[i] = (counts[i] as number) + 1
      last[i] = p
    }
  }
  return counts
}

function decayedCounts(time: Float64Array, data: TrainingData, halfLife: number): Float32Array {
  const { items, item } = data.histories
  const sums = new Float64Array(items)
  const newest = time.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  for (let e = 0; e < item.length; e++) {
    const i = item[e] as number
    sums[i] = (sums[i] as number) + 2 ** (((time[e] as number) - newest) / halfLife)
  }
  return Float32Array.from(sums)
}

export const popularity: RecommenderKind<PopularityParameters> = {
  name: 'popularity',
  title: 'Popularity',
  source: 'The number of events of an item; the floor that every model must beat.',
  format: 1,
  defaults: { halfLifeDays: 0, oncePerPerson: false },
  bounds: { halfLifeDays: [0, 36_500] },
  fit: (data, { halfLifeDays, oncePerPerson }) => {
    const { time } = data.histories
    return Promise.resolve(
      new Popularity(
        halfLifeDays > 0 && time !== undefined
          ? decayedCounts(time, data, halfLifeDays)
          : plainCounts(data, oncePerPerson),
      ),
    )
  },
  load: (sections) => new Popularity(new SectionReader(sections).float32()),
}
