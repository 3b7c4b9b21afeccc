import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isJsonObject } from '../base/index.ts'

/** Directory that holds package.json, console/ and bench/. */
export const INSTALLATION = fileURLToPath(new URL('../../', import.meta.url))

/** Where the build of the console lies. */
export const CONSOLE_DIRECTORY = `${INSTALLATION}console/dist`

/** Version in package.json. */
export function installedVersion(): string {
  const document: unknown = JSON.parse(readFileSync(`${INSTALLATION}package.json`, 'utf8'))
  const version = isJsonObject(document) ? document['version'] : undefined
  return typeof version === 'string' ? version : 'unknown'
}
