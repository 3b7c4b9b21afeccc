import { randomInt, type Random, seededRandom } from '../../../base/index.ts'
import type { Questions, TrainingData } from '../../../models/index.ts'
import {
  ListBuilder,
  MOST_ASKED,
  peopleWith,
  someOf,
  wholeHistories,
  withoutEvents,
} from '../cutting.ts'
import type { DatasetTables } from '../datasetTables.ts'
import type { Cut } from '../sealedTest.ts'
import {
  candidateMap,
  candidatesOf,
  knownHistories,
  type PeopleData,
  type ProtocolReader,
  readPeople,
  readTestRows,
} from './reading.ts'

const NEGATIVES = 99

/** One right item a person among 99 others; nothing is masked. */
export const sampledLeaveOneOut: ProtocolReader = async (tables, options) => {
  const columns = { person: 'user', order: { name: 'order', optional: true } }
  const data = await readPeople(tables, 'train', columns, options)
  return {
    training: {
      data: data.training,
      tasks: ['all'],
      cut: (seed, questions) => sampledCut(data.training, data.ordered, seed, questions),
    },
    readTest: async () => [{ task: 'all', questions: await sampledTest(tables, data) }],
  }
}

async function sampledTest(tables: DatasetTables, data: PeopleData): Promise<Questions> {
  const test = await readTestRows(tables)
  const negatives = await readTestRows(tables, 'negatives')
  const tested = joined(test.item, negatives.item)
  const { candidates, numberOf } = candidatesOf(tables, data, tested)
  const negativesOf = new Map<number, number[]>()
  negatives.person.forEach((code, r) => {
    const list = negativesOf.get(code)
    const item = numberOf[negatives.item[r] as number] as number
    if (list === undefined) negativesOf.set(code, [item])
    else list.push(item)
  })
  const right = new ListBuilder()
  const among = new ListBuilder()
  test.person.forEach((code, r) => {
    const item = numberOf[test.item[r] as number] as number
    right.add([item])
    among.add((negativesOf.get(code) ?? []).filter((other) => other !== item))
  })
  return {
    count: test.person.length,
    events: data.training.histories,
    ...knownHistories(data, test.person),
    relevant: right.lists(),
    one: true,
    candidates,
    ...candidateMap(data.catalogue, numberOf, candidates),
    masked: false,
    among: among.lists(),
  }
}

function joined(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/**
 * Hides the last event of some people, or a random one where the order is not known, and draws 99 items that the person
 * does not have, each equally likely.
 */
function sampledCut(data: TrainingData, ordered: boolean, seed: number, most = MOST_ASKED): Cut {
  const { histories } = data
  const random = seededRandom(seed)
  const hidden = new Uint8Array(histories.item.length)
  const had = Int32Array.from(new Set(histories.item))
  const right = new ListBuilder()
  const among = new ListBuilder()
  const asked = someOf(peopleWith(histories, 2), most, seed)
  for (const p of asked) {
    const from = histories.start[p] as number
    const to = histories.start[p + 1] as number
    const place = ordered ? to - 1 : from + randomInt(random, to - from)
    hidden[place] = 1
    right.add([histories.item[place] as number])
    among.add(drawOthers(had, histories.item.subarray(from, to), random))
  }
  const shown = withoutEvents(histories, hidden)
  const questions: Questions = {
    count: asked.length,
    events: shown,
    ...wholeHistories(shown, asked),
    relevant: right.lists(),
    one: true,
    candidates: histories.items,
    masked: false,
    among: among.lists(),
  }
  const rest = { ...data, histories: shown }
  return {
    data: rest,
    tasks: [{ task: 'all', questions }],
    again: () => sampledCut(rest, ordered, seed + 1, most),
  }
}

/** Different items that are not among `own`: 99, or fewer when chance finds no more of them. */
function drawOthers(items: Int32Array, own: Int32Array, random: Random): Set<number> {
  const taken = new Set(own)
  const drawn = new Set<number>()
  for (let k = 0; k < 20 * NEGATIVES && drawn.size < NEGATIVES; k++) {
    const item = items[randomInt(random, items.length)] as number
    if (!taken.has(item)) drawn.add(item)
  }
  return drawn
}
