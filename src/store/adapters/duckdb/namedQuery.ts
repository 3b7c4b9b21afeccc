import { readdirSync, readFileSync } from 'node:fs'
import type { Json } from '../../../base/index.ts'
import { storeErrors } from '../../errors.ts'

/** A statement of the `queries` folder. Its name is the file's, its parameters are declared in its first lines. */
export interface NamedQuery {
  readonly sql: string
  readonly parameters: readonly QueryParameter[]
}

interface QueryParameter {
  readonly name: string
  readonly type: 'number' | 'positive' | 'text'
  /** Taken when the caller gives none. */
  readonly otherwise: number | undefined
}

const FOLDER = new URL('./queries/', import.meta.url)

/** Every query by its name. */
export function loadQueries(): ReadonlyMap<string, NamedQuery> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql'))
  return new Map(
    files.sort().map((file) => {
      const sql = readFileSync(new URL(file, FOLDER), 'utf8')
      return [file.slice(0, -'.sql'.length), { sql, parameters: declaredParameters(sql) }]
    }),
  )
}

/** Reads lines such as `-- $limit positive = 20`. */
function declaredParameters(sql: string): QueryParameter[] {
  const lines = sql.matchAll(/^-- \$(\w+) (number|positive|text)(?: = (\d+))?/gm)
  return [...lines].map(([, name = '', type = '', otherwise]) => ({
    name,
    type: type === 'number' || type === 'positive' ? type : 'text',
    otherwise: otherwise === undefined ? undefined : Number(otherwise),
  }))
}

/**
 * The query of a name and its parameters, checked.
 * @throws STORE_UNKNOWN_QUERY, STORE_QUERY_PARAMETER
 */
export function prepareQuery(
  queries: ReadonlyMap<string, NamedQuery>,
  name: string,
  given: Readonly<Record<string, Json>>,
): { readonly sql: string; readonly values: Record<string, number | string> } {
  const query = queries.get(name)
  if (query === undefined) {
    throw storeErrors.STORE_UNKNOWN_QUERY(
      `There is no query "${name}"; there are ${[...queries.keys()].join(', ')}.`,
    )
  }
  const declared = new Set(query.parameters.map((parameter) => parameter.name))
  const unknown = Object.keys(given).find((key) => !declared.has(key))
  if (unknown !== undefined) throw wrongParameter(name, query, `${unknown} is not one of them`)
  const values = query.parameters.map((parameter) => {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.otherwise
    if (isAllowed(parameter.type, value)) return [parameter.name, value] as const
    throw wrongParameter(name, query, `${parameter.name} must be a ${parameter.type}`)
  })
  return { sql: query.sql, values: Object.fromEntries(values) }
}

function isAllowed(type: QueryParameter['type'], value: unknown): value is number | string {
  if (type === 'text') return typeof value === 'string'
  return typeof value === 'number' && Number.isFinite(value) && (type === 'number' || value > 0)
}

function wrongParameter(name: string, query: NamedQuery, what: string): Error {
  const list = query.parameters
    .map((parameter) => `${parameter.name} (${parameter.type})`)
    .join(', ')
  return storeErrors.STORE_QUERY_PARAMETER(`The query "${name}" takes ${list}: ${what}.`)
}
