import { seededRandom } from '../../../base/index.ts'
import type { Histories, Questions, TrainingData } from '../../../models/index.ts'
import {
  candidatesHad,
  ListBuilder,
  MOST_ASKED,
  peopleWith,
  someOf,
  somePlaces,
  wholeHistories,
  withoutEvents,
} from '../cutting.ts'
import type { Cut } from '../sealedTest.ts'
import { listQuestions, type ProtocolReader, readPeople, readTestRows } from './reading.ts'

/** Share of a history that a cut hides. */
const HIDDEN = 0.2
/** Most of the people that a cut asks: were all of them asked, a fit on it would favour what suits sparser data. */
const ASKED = 0.4
/** The same where a ranker is taught by the questions: it needs many more than a choice does. */
const TAUGHT = 0.75
const FEW_PEOPLE = 1_000

/** Lists for people out of all items of train and test, without those the person had. */
export const ranking: ProtocolReader = async (tables, options) => {
  const columns = { person: 'user', order: { name: 'order', optional: true } }
  const data = await readPeople(tables, 'train', columns, options)
  return {
    training: {
      data: data.training,
      tasks: ['all'],
      cut: (seed, questions) => rankingCut(data.training, data.ordered, seed, questions),
    },
    readTest: async () => {
      const rows = await readTestRows(tables)
      return [{ task: 'all', questions: listQuestions(tables, data, rows, true) }]
    },
  }
}

/**
 * Hides a fifth of the events of some people: their newest where the order is known, else random ones. The other
 * people stay whole, so that the data stay about as dense as they are at the test.
 */
function rankingCut(data: TrainingData, ordered: boolean, seed: number, most = MOST_ASKED): Cut {
  const { histories } = data
  const random = seededRandom(seed)
  const hidden = new Uint8Array(histories.item.length)
  const had = candidatesHad(histories)
  const right = new ListBuilder()
  const asked: number[] = []
  const able = peopleWith(histories, 2)
  const ofAll = most > MOST_ASKED ? TAUGHT : ASKED
  const share = Math.max(FEW_PEOPLE, Math.floor(ofAll * able.length))
  for (const p of someOf(able, Math.min(most, share), seed)) {
    const from = histories.start[p] as number
    const to = histories.start[p + 1] as number
    const n = Math.max(1, Math.floor(HIDDEN * (to - from)))
    const places = ordered
      ? Int32Array.from({ length: n }, (_, k) => to - 1 - k)
      : somePlaces(from, to, n, random)
    for (const e of places) hidden[e] = 1
    const items = newItems(histories, from, to, hidden)
    if (items.length === 0) {
      hidden.fill(0, from, to)
      continue
    }
    asked.push(p)
    right.add(items.map((item) => had.candidateOf?.[item] ?? item))
  }
  const shown = withoutEvents(histories, hidden)
  const questions: Questions = {
    count: asked.length,
    events: shown,
    ...wholeHistories(shown, asked),
    relevant: right.lists(),
    one: false,
    ...had,
    masked: true,
  }
  const rest = { ...data, histories: shown }
  return {
    data: rest,
    tasks: [{ task: 'all', questions }],
    // Other people and places: a cut of the same people would be that of before.
    again: () => rankingCut(rest, ordered, seed + 1, most),
  }
}

/** Items of the hidden events that are not among the shown ones. */
function newItems({ item }: Histories, from: number, to: number, hidden: Uint8Array): number[] {
  const found = new Set<number>()
  for (let e = from; e < to; e++) if (hidden[e] === 1) found.add(item[e] as number)
  for (let e = from; e < to; e++) if (hidden[e] === 0) found.delete(item[e] as number)
  return [...found]
}
