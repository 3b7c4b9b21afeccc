import { IdColumn, NumberColumn } from '../../../imports/index.ts'
import {
  type Histories,
  type Questions,
  selectPeople,
  type TrainingData,
} from '../../../models/index.ts'
import { candidatesHad, ListBuilder, MOST_ASKED, shuffled } from '../cutting.ts'
import type { DatasetTables } from '../datasetTables.ts'
import { groupEvents } from '../eventRows.ts'
import { idOrder } from '../idOrder.ts'
import type { Cut, TrainingPart } from '../sealedTest.ts'
import { type PeopleData, type ProtocolReader, readPeople } from './reading.ts'

/** Share of the sessions that a cut hides, the newest ones. */
const HIDDEN = 0.1

/** Every marked row of a session is asked for with the rows before it; candidates are all items of train. */
export const session: ProtocolReader = async (tables, options) => {
  const columns = { person: 'session', order: { name: 'position', optional: false } }
  const data = await readPeople(tables, 'train', columns, options)
  const training: TrainingPart = {
    data: data.training,
    tasks: ['all'],
    cut: (seed, questions) => sessionCut(data.training, seed, questions),
  }
  return {
    training,
    readTest: async () => [{ task: 'all', questions: await sessionTest(tables, data) }],
  }
}

async function sessionTest(tables: DatasetTables, data: PeopleData): Promise<Questions> {
  const sessions = new IdColumn()
  const item = tables.itemColumn()
  const position = new NumberColumn()
  const target = new NumberColumn()
  await tables.read('test', {
    session: sessions.dictionary === undefined ? sessions : sessions,
    item,
    position,
    target,
  })
  const { numberOf, items } = data.catalogue
  const { placeOf } = idOrder(sessions.dictionary)
  const { histories, row } = groupEvents(
    {
      person: sessions.codes.map((code) => placeOf[code] as number),
      // An item that training does not know gets a number beyond: it counts for nothing.
      item: item.codes.map((code) => numberOf[code] ?? items),
      order: position.values,
    },
    placeOf.length,
    items,
  )
  const marks = target.values
  return sessionQuestions(data.training.histories, histories, (e) => marks[row[e] as number] === 1)
}

/** Asks for the marked events of sessions; candidates are the items that were had in `known`. */
function sessionQuestions(
  known: Histories,
  asked: Histories,
  isTarget: (event: number) => boolean,
): Questions {
  const had = candidatesHad(known)
  const right = new ListBuilder()
  const from: number[] = []
  const to: number[] = []
  for (let s = 0; s < asked.people; s++) {
    const first = asked.start[s] as number
    for (let e = first; e < (asked.start[s + 1] as number); e++) {
      if (!isTarget(e)) continue
      const item = asked.item[e] as number
      from.push(first)
      to.push(e)
      right.add([had.candidateOf === undefined ? item : (had.candidateOf[item] ?? -1)])
    }
  }
  return {
    count: from.length,
    events: asked,
    from: Uint32Array.from(from),
    to: Uint32Array.from(to),
    relevant: right.lists(),
    one: true,
    ...had,
    masked: false,
  }
}

/**
 * Hides the newest tenth of the sessions and asks for every item of some of them but the first, as long as the other
 * sessions have it. Sessions are in the order of their times where there are any, else of their ids.
 */
function sessionCut(data: TrainingData, seed: number, most = MOST_ASKED): Cut {
  const { histories } = data
  const { start, people } = histories
  const order = inTime(histories)
  const split = Math.max(1, people - Math.floor(HIDDEN * people))
  const shown = selectPeople(histories, order.subarray(0, split).sort())
  const had = new Set(shown.item)
  let left = most
  const hidden: number[] = []
  for (const s of shuffled(order.subarray(split), seed)) {
    const examples = (start[s + 1] as number) - (start[s] as number) - 1
    if (examples < 1) continue
    if (left <= 0) break
    left -= examples
    hidden.push(s)
  }
  const asked = selectPeople(histories, Int32Array.from(hidden).sort())
  const firsts = new Set(asked.start)
  const questions = sessionQuestions(
    shown,
    asked,
    (e) => !firsts.has(e) && had.has(asked.item[e] as number),
  )
  const rest = { ...data, histories: shown }
  return {
    data: rest,
    tasks: [{ task: 'all', questions }],
    again: () => sessionCut(rest, seed, most),
  }
}

/** Sessions from the oldest to the newest. */
function inTime({ people, start, time }: Histories): Int32Array {
  const order = Int32Array.from({ length: people }, (_, s) => s)
  if (time === undefined) return order
  const begin = (s: number): number => time[start[s] as number] ?? 0
  return order.sort((a, b) => begin(a) - begin(b) || a - b)
}
