import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  readonly title: string
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
  const title = typeof parsed['title'] === 'string' ? parsed['title'] : folder
  return { folder, title, protocol, files: readFiles(path, parsed['files']) }
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
