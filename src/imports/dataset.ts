import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isJsonObject } from '../base/index.ts'
import { importErrors } from './errors.ts'

/** Ways to use a data set, which say what its tables mean. */
export const PROTOCOLS = [
  'ranking',
  'sampled-leave-one-out',
  'next-item',
  'session',
  'next-basket',
  'transactions',
  'ratings',
] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** What a dataset.json says that an import needs. */
export interface Dataset {
  readonly folder: string
  /** Short name; that of the folder when it has none. */
  readonly name: string
  readonly title: string
  /** The protocol in words; may be empty. */
  readonly rules: string
  /** Role of a table → number of its rows, as far as the file says. */
  readonly counts: ReadonlyMap<string, number>
  readonly protocol: Protocol
  /** Role of a table → file name. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Reads the dataset.json of a folder.
 * @throws IMPORTS_WRONG_FOLDER
 */
export async function readDataset(folder: string): Promise<Dataset> {
  const path = join(folder, 'dataset.json')
  const raw = await readFile(path, 'utf8').catch((error: unknown) => {
    throw importErrors.IMPORTS_WRONG_FOLDER(`${folder} has no readable dataset.json.`, {
      cause: error,
    })
  })
  let parsed: unknown
  try {
    parsed = JSON.parse(raw)
  } catch (error) {
    throw importErrors.IMPORTS_WRONG_FOLDER(`${path} is no valid JSON.`, { cause: error })
  }
  if (!isJsonObject(parsed)) throw importErrors.IMPORTS_WRONG_FOLDER(`${path} is no object.`)
  const protocol = PROTOCOLS.find((known) => known === parsed['protocol'])
  if (protocol === undefined) {
    throw importErrors.IMPORTS_WRONG_FOLDER(
      `${path}: protocol must be one of ${PROTOCOLS.join(', ')}.`,
    )
  }
  const text = (key: string, otherwise: string): string => {
    const value = parsed[key]
    return typeof value === 'string' ? value : otherwise
  }
  return {
    folder,
    name: text('name', basename(resolve(folder))),
    title: text('title', folder),
    rules: text('rules', ''),
    counts: readCounts(parsed['counts']),
    protocol,
    files: readFiles(path, parsed['files']),
  }
}

function readCounts(raw: unknown): ReadonlyMap<string, number> {
  const entries = isJsonObject(raw) ? Object.entries(raw) : []
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

function readFiles(path: string, raw: unknown): ReadonlyMap<string, string> {
  if (!isJsonObject(raw)) {
    throw importErrors.IMPORTS_WRONG_FOLDER(`${path}: files must map roles to file names.`)
  }
  const files = new Map<string, string>()
  for (const [role, name] of Object.entries(raw)) {
    // A name with a path in it could reach out of the folder.
    if (typeof name !== 'string' || name === '' || /[/\\\0]/.test(name)) {
      throw importErrors.IMPORTS_WRONG_FOLDER(`${path}: files.${role} is no file name.`)
    }
    files.set(role, name)
  }
  return files
}
