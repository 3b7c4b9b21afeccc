import {
  cutHistories,
  type Histories,
  type Questions,
  type TrainingData,
} from '../../../models/index.ts'
import { trainingErrors } from '../../errors.ts'
import { candidatesHad, ListBuilder, MOST_ASKED, peopleWith, someOf } from '../cutting.ts'
import type { Cut, TaskQuestions, TrainingPart } from '../sealedTest.ts'
import { type ProtocolReader, readPeople } from './reading.ts'

/**
 * The last item of each person, by the strict rule: fitted on all but the last two, asked with all but the last. The
 * items of the history are masked, all others of the table are candidates.
 */
export const nextItem: ProtocolReader = async (tables, options) => {
  const columns = { person: 'user', order: { name: 'position', optional: false } }
  const { training: whole } = await readPeople(tables, 'sequences', columns, options)
  const all = whole.histories
  const data = { ...whole, histories: withoutLast(all, 2) }
  if (data.histories.item.length === 0) {
    throw trainingErrors.TRAINING_EMPTY_DATA('Nobody has more than two items.')
  }
  const training: TrainingPart = {
    data,
    tasks: ['all'],
    cut: (seed, questions) => lastItemCut(data, seed, questions),
  }
  const test = lastItemQuestions(all, peopleWith(all, 1))
  return { training, readTest: () => Promise.resolve(test) }
}

/**
 * Not the strict rule again: the second last item of the shortened histories would be missing in a fit that has to stand
 * for one on all of them, and the median history may have five items. Fitted and asked with all but the last.
 */
function lastItemCut(data: TrainingData, seed: number, most = MOST_ASKED): Cut {
  const asked = someOf(peopleWith(data.histories, 2), most, seed)
  const rest = { ...data, histories: withoutLast(data.histories, 1, asked) }
  return {
    data: rest,
    tasks: lastItemQuestions(data.histories, asked),
    again: () => lastItemCut(rest, seed, most),
  }
}

/** Histories without the last n events of the people given, or of everybody. */
function withoutLast(histories: Histories, n: number, people?: Int32Array): Histories {
  const shortened = new Uint8Array(histories.people).fill(people === undefined ? 1 : 0)
  for (const p of people ?? []) shortened[p] = 1
  const everybody = Int32Array.from(shortened, (_, p) => p)
  return cutHistories(
    histories,
    everybody,
    (p) => (histories.start[p + 1] as number) - (shortened[p] === 1 ? n : 0),
  )
}

function lastItemQuestions(
  histories: Histories,
  people: ArrayLike<number>,
): readonly TaskQuestions[] {
  const { start, item } = histories
  const had = candidatesHad(histories)
  const right = new ListBuilder()
  const from = Uint32Array.from(people, (p) => start[p] as number)
  const to = Uint32Array.from(people, (p) => (start[p + 1] as number) - 1)
  for (const last of to) {
    const target = item[last] as number
    right.add([had.candidateOf?.[target] ?? target])
  }
  const questions: Questions = {
    count: people.length,
    events: histories,
    from,
    to,
    who: Int32Array.from(people),
    relevant: right.lists(),
    one: true,
    ...had,
    masked: true,
  }
  return [{ task: 'all', questions }]
}
