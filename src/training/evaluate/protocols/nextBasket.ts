import type { Histories, TrainingData } from '../../../models/index.ts'
import {
  candidatesHad,
  ListBuilder,
  MOST_ASKED,
  peopleWith,
  someOf,
  wholeHistories,
  withoutEvents,
} from '../cutting.ts'
import type { Cut } from '../sealedTest.ts'
import { listQuestions, type ProtocolReader, readPeople, readTestRows } from './reading.ts'

/** The items of the next basket of each person, out of all items; what was bought before counts. */
export const nextBasket: ProtocolReader = async (tables, options) => {
  const data = await readPeople(tables, 'history', { person: 'user', basket: 'basket' }, options)
  return {
    training: {
      data: data.training,
      tasks: ['all'],
      cut: (seed, questions) => basketCut(data.training, seed, questions),
    },
    readTest: async () => {
      const rows = await readTestRows(tables)
      return [{ task: 'all', questions: listQuestions(tables, data, rows, false) }]
    },
  }
}

/** Hides the last basket of some of the people who have two or more. */
function basketCut(data: TrainingData, seed: number, most = MOST_ASKED): Cut {
  const { histories } = data
  const { start, item } = histories
  const hidden = new Uint8Array(item.length)
  const had = candidatesHad(histories)
  const right = new ListBuilder()
  const several = peopleWith(histories, 2).filter(
    (p) => lastBasket(histories, p) > (start[p] as number),
  )
  const asked = someOf(several, most, seed)
  for (const p of asked) {
    const from = lastBasket(histories, p)
    const to = start[p + 1] as number
    hidden.fill(1, from, to)
    const items = new Set(item.subarray(from, to))
    right.add(Array.from(items, (i) => had.candidateOf?.[i] ?? i))
  }
  const shown = withoutEvents(histories, hidden)
  const questions = {
    count: asked.length,
    events: shown,
    ...wholeHistories(shown, asked),
    relevant: right.lists(),
    one: false,
    ...had,
    masked: false,
  }
  const rest = { ...data, histories: shown }
  return {
    data: rest,
    tasks: [{ task: 'all', questions }],
    again: () => basketCut(rest, seed, most),
  }
}

/** Place of the first event of the last basket of a person with events. */
function lastBasket({ start, basket }: Histories, person: number): number {
  let at = (start[person + 1] as number) - 1
  const number = basket?.[at]
  while (at > (start[person] as number) && basket?.[at - 1] === number) at--
  return at
}
