import { IdColumn, IdDictionary } from '../../imports/index.ts'
import type { TrainingData } from '../../models/index.ts'
import type { DatasetTables } from './datasetTables.ts'

type Traits = NonNullable<TrainingData['histories']['traits']>

/** Columns of a table of people whose values, joined by `|`, say something about them. */
const TRAIT_COLUMNS = ['gender', 'age', 'occupation', 'country', 'city', 'segment', 'traits']
/** More different numbers are put into groups of about as many people each. */
const MOST_NUMBERS = 12
const GROUPS = 6

/**
 * Reads the side table `users`, where the data set has one. People who are not numbered are passed over.
 * @param personOf number of each person by dictionary number
 */
export async function readTraits(
  tables: DatasetTables,
  personOf: Int32Array,
): Promise<Traits | undefined> {
  if (!tables.dataset.files.has('users')) return undefined
  const user = tables.personColumn()
  const columns = TRAIT_COLUMNS.map((name) => ({
    name,
    ids: new IdColumn(new IdDictionary(), { optional: true, empty: true }),
  }))
  await tables.read('users', {
    user,
    ...Object.fromEntries(columns.map(({ name, ids }) => [name, ids])),
  })
  const person = Int32Array.from(user.codes, (code) => personOf[code] ?? -1)
  return traitsOf(
    personOf.length,
    columns
      .filter(({ ids }) => ids.codes.length > 0)
      .map(({ name, ids }) => ({ name, person, codes: ids.codes, dictionary: ids.dictionary })),
  )
}

/** What rows say of their people; a person below 0 is nobody. */
export interface TraitColumn {
  readonly name: string
  readonly person: Int32Array
  readonly codes: Int32Array
  readonly dictionary: IdDictionary
}

/** Trait values of people from columns; undefined when nobody has any. */
export function traitsOf(people: number, columns: readonly TraitColumn[]): Traits | undefined {
  const names = new Map<string, number>()
  const valuesOf = Array.from({ length: people }, (): Set<number> => new Set())
  for (const column of columns) {
    const { name, person, codes } = column
    const lists = labelsOf(column).map((labels) =>
      labels.map((label) => {
        const text = `${name}=${label}`
        if (!names.has(text)) names.set(text, names.size)
        return names.get(text) as number
      }),
    )
    person.forEach((p, row) => {
      for (const value of lists[codes[row] as number] ?? []) valuesOf[p]?.add(value)
    })
  }
  if (names.size === 0) return undefined
  const start = new Uint32Array(people + 1)
  valuesOf.forEach(({ size }, p) => (start[p + 1] = (start[p] as number) + size))
  const index = Int32Array.from(valuesOf.flatMap((set) => [...set].sort((a, b) => a - b)))
  return { values: names.size, start, index, names: [...names.keys()] }
}

/** The labels of each code of a column: its values, or the group of its number. */
function labelsOf({ dictionary, codes }: TraitColumn): readonly (readonly string[])[] {
  const texts = Array.from({ length: dictionary.size }, (_, code) => dictionary.name(code))
  const known = texts.filter((text) => text !== '')
  const numeric = known.every((text) => Number.isFinite(Number(text)))
  if (!numeric || known.length <= MOST_NUMBERS) {
    return texts.map((text) => text.split('|').filter((value) => value !== ''))
  }
  const inOrder = Array.from(codes, (code) => texts[code] ?? '')
    .filter((text) => text !== '')
    .map(Number)
    .sort((a, b) => a - b)
  const bounds = Array.from(
    { length: GROUPS - 1 },
    (_, g) => inOrder[Math.floor(((g + 1) * inOrder.length) / GROUPS)] as number,
  )
  const groupOf = (value: number): number => bounds.filter((bound) => bound <= value).length
  return texts.map((text) => (text === '' ? [] : [`group ${groupOf(Number(text)) + 1}`]))
}
