import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../base/index.ts'
import { type Recommender, recommenderKind } from '../../models/index.ts'
import { WEIGHTS } from './blendTrial.ts'
import { Contest } from './contest.ts'

const PEOPLE = 400
const kind = recommenderKind('popularity')

/** Stands for a fitted model: only who it is matters here. */
function modelNamed(name: string): Recommender {
  return { name, items: 1, score: () => undefined, parts: () => [], save: () => [] }
}

/** The same values at every weight but one. */
function values(of: (person: number) => number, best: (person: number) => number = of, at = 0.4) {
  return new Map(
    WEIGHTS.map((weight) => [
      weight,
      Float64Array.from({ length: PEOPLE }, (_, p) => (weight === at ? best(p) : of(p))),
    ]),
  )
}

function enter(contest: Contest, name: string, own: ReturnType<typeof values>, favourite = false) {
  const speed = { candidates: 1, parts: 1 }
  contest.enter({ kind, parameters: {}, speed, model: modelNamed(name) }, own, favourite)
}

describe('a contest', () => {
  it('has no winner when nobody entered', () => {
    expect(new Contest().chosen()).toBeUndefined()
  })

  it('is won by the highest mean, at the weight where it is reached', () => {
    const contest = new Contest()
    enter(
      contest,
      'first',
      values(
        () => 0.3,
        () => 0.4,
        0.8,
      ),
    )
    enter(
      contest,
      'second',
      values(
        () => 0.2,
        () => 0.5,
        0.6,
      ),
    )
    expect(contest.chosen()?.choice).toMatchObject({ weight: 0.6, model: { name: 'second' } })
  })

  it('leaves a favourite in place unless a rival is better beyond noise', () => {
    const random = seededRandom(4)
    const noise = Array.from({ length: PEOPLE }, () => random.next() - 0.5)
    const against = (gain: number): string | undefined => {
      const contest = new Contest()
      enter(
        contest,
        'favourite',
        values(() => 0.5),
        true,
      )
      enter(
        contest,
        'rival',
        values((p) => 0.5 + gain + (noise[p] ?? 0)),
      )
      return contest.chosen()?.choice.model.name
    }
    const error = Math.sqrt(1 / 12 / PEOPLE)
    const luck = noise.reduce((sum, one) => sum + one, 0) / PEOPLE
    expect(against(0.5 * error - luck)).toBe('favourite')
    expect(against(2 * error - luck)).toBe('rival')
  })

  it('judges what each half of the people chose by the other half, so that luck is not rewarded', () => {
    const contest = new Contest()
    enter(
      contest,
      'even',
      values((p) => (p % 2 === 0 ? 1 : 0)),
    )
    enter(
      contest,
      'odd',
      values((p) => (p % 2 === 1 ? 1 : 0)),
    )
    expect(contest.chosen()?.judged).toEqual(new Float64Array(PEOPLE))
    enter(
      contest,
      'both',
      values(() => 2),
    )
    expect(contest.chosen()?.judged).toEqual(new Float64Array(PEOPLE).fill(2))
  })
})
