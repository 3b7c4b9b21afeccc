import {
  type Histories,
  ownersOf,
  type Questions,
  type TrainingData,
} from '../../../models/index.ts'
import { trainingErrors } from '../../errors.ts'
import { attributesOf, type Catalogue, catalogueOf, numbersOf, readItems } from '../catalogue.ts'
import { ListBuilder } from '../cutting.ts'
import { type DatasetTables, type EventColumns, readEvents } from '../datasetTables.ts'
import { groupEvents } from '../eventRows.ts'
import { idOrder } from '../idOrder.ts'
import type { TaskQuestions, TrainingPart } from '../sealedTest.ts'
import { readTraits } from '../traits.ts'

export interface ReadOptions {
  /** Shall what is known of items and people be told to the recommenders? */
  readonly attributes: boolean
}

/** Reads the tables of a protocol: what may be learnt from, and apart from it a way to the test. */
export type ProtocolReader = (
  tables: DatasetTables,
  options: ReadOptions,
) => Promise<{
  readonly training: TrainingPart
  readonly readTest: () => Promise<readonly TaskQuestions[]>
}>

/** A table of events as training data, and how its ids became numbers. */
export interface PeopleData {
  readonly training: TrainingData
  readonly catalogue: Catalogue
  /** Number of each person by dictionary number. */
  readonly personOf: Int32Array
  /** Are the events of a person known to be in the order in which they happened? */
  readonly ordered: boolean
}

/**
 * Reads a table of events and the items table. People and items are numbered in the order of their ids.
 * @throws TRAINING_EMPTY_DATA
 */
export async function readPeople(
  tables: DatasetTables,
  role: string,
  columns: EventColumns,
  options: ReadOptions,
): Promise<PeopleData> {
  const rows = await readEvents(tables, role, columns)
  const table = await readItems(tables)
  const catalogue = catalogueOf(tables.items)
  const { placeOf: personOf, codes } = idOrder(tables.people)
  const { histories } = groupEvents(
    {
      ...rows,
      person: rows.person.map((code) => personOf[code] as number),
      item: rows.item.map((code) => catalogue.numberOf[code] as number),
    },
    codes.length,
    catalogue.items,
  )
  if (histories.item.length === 0) {
    const file = tables.dataset.files.get(role) ?? role
    throw trainingErrors.TRAINING_EMPTY_DATA(`${file} holds no rows that count.`)
  }
  const told = table && options.attributes ? table : undefined
  const attributes = told && attributesOf(told, catalogue)
  const numbers = told && numbersOf(told, catalogue)
  const traits = options.attributes ? await readTraits(tables, personOf) : undefined
  const ordered = rows.order !== undefined || rows.time !== undefined
  return {
    training: {
      histories: { ...histories, ...(traits && { traits }) },
      ...(attributes && { attributes }),
      ...(numbers && { numbers }),
    },
    catalogue,
    personOf,
    ordered,
  }
}

/** Rows of a test table, as dictionary numbers. */
interface TestRows {
  readonly person: Int32Array
  readonly item: Int32Array
}

/** Reads a test table (user, item). */
export async function readTestRows(tables: DatasetTables, role = 'test'): Promise<TestRows> {
  const user = tables.personColumn()
  const item = tables.itemColumn()
  await tables.read(role, { user, item })
  return { person: user.codes, item: item.codes }
}

/** One question for each person of a test: candidates are all items of training and test. */
export function listQuestions(
  tables: DatasetTables,
  data: PeopleData,
  rows: TestRows,
  masked: boolean,
): Questions {
  const { candidates, numberOf } = candidatesOf(tables, data, rows.item)
  const right = new Map<number, Set<number>>()
  rows.person.forEach((code, r) => {
    const set = right.get(code) ?? new Set()
    right.set(code, set.add(numberOf[rows.item[r] as number] as number))
  })
  const asked = idOrder(tables.people).codes.filter((code) => right.has(code))
  const lists = new ListBuilder()
  for (const code of asked) lists.add(right.get(code) ?? [])
  return {
    count: asked.length,
    events: data.training.histories,
    ...knownHistories(data, asked),
    relevant: lists.lists(),
    one: false,
    candidates,
    ...candidateMap(data.catalogue, numberOf, candidates),
    masked,
  }
}

/** Numbers the items of training and of a test in the order of their ids. */
export function candidatesOf(
  tables: DatasetTables,
  { training, catalogue }: PeopleData,
  tested: Int32Array,
): { readonly candidates: number; readonly numberOf: Int32Array } {
  const { codes } = idOrder(tables.items)
  const isCandidate = new Uint8Array(codes.length)
  ownersOf(training.histories).forEach((owners, i) => {
    if (owners > 0) isCandidate[catalogue.codes[i] as number] = 1
  })
  for (const code of tested) isCandidate[code] = 1
  const numberOf = new Int32Array(codes.length).fill(-1)
  let candidates = 0
  for (const code of codes) if (isCandidate[code] === 1) numberOf[code] = candidates++
  return { candidates, numberOf }
}

/** Candidate of each item of the catalogue, unless they are the same. */
export function candidateMap(
  { codes }: Catalogue,
  numberOf: Int32Array,
  candidates: number,
): { readonly candidateOf?: Int32Array } {
  const candidateOf = codes.map((code) => numberOf[code] as number)
  const same = candidateOf.length === candidates && candidateOf.every((number, i) => number === i)
  return same ? {} : { candidateOf }
}

/** Where the training histories of people lie; those who are not in training have an empty one. */
export function knownHistories(
  { personOf, training }: PeopleData,
  people: Int32Array,
): { readonly from: Uint32Array; readonly to: Uint32Array; readonly who: Int32Array } {
  const { start }: Histories = training.histories
  const place = (code: number, next: number): number => {
    const person = personOf[code]
    return person === undefined ? 0 : (start[person + next] as number)
  }
  return {
    from: Uint32Array.from(people, (code) => place(code, 0)),
    to: Uint32Array.from(people, (code) => place(code, 1)),
    who: Int32Array.from(people, (code) => personOf[code] ?? -1),
  }
}
