import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../base/index.ts'
import type { ImportCheckpoint, RejectedRow } from '../imports/index.ts'

/** What an import leaves in its workspace: how far it is, and the rows that it could not use. */
export class ImportFiles {
  /** One JSON object a line: file, line, column, code, reason. Made at the first bad row. */
  readonly deadLetters: string
  readonly #checkpoint: string

  /** @param fingerprint of the source: the same file with the same options finds its files again */
  constructor(workspaceDirectory: string, fingerprint: string) {
    const directory = join(workspaceDirectory, 'imports')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#checkpoint = join(directory, `${fingerprint}.json`)
    this.deadLetters = join(directory, `${fingerprint}.rejected.ndjson`)
  }

  /** Undefined before the first run, and when the file is not one of ours. */
  load(): Promise<ImportCheckpoint | undefined> {
    if (!existsSync(this.#checkpoint)) return Promise.resolve(undefined)
    try {
      const raw: unknown = JSON.parse(readFileSync(this.#checkpoint, 'utf8'))
      return Promise.resolve(isCheckpoint(raw) ? raw : undefined)
    } catch {
      return Promise.resolve(undefined)
    }
  }

  save(checkpoint: ImportCheckpoint): Promise<void> {
    writeFileSync(`${this.#checkpoint}.new`, JSON.stringify(checkpoint), { mode: 0o600 })
    renameSync(`${this.#checkpoint}.new`, this.#checkpoint)
    return Promise.resolve()
  }

  reject(rows: readonly RejectedRow[]): Promise<void> {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    appendFileSync(this.deadLetters, lines, { mode: 0o600 })
    return Promise.resolve()
  }

  /** Forgets earlier runs, so that the next one begins at the first row. */
  forget(): void {
    rmSync(this.#checkpoint, { force: true })
    rmSync(this.deadLetters, { force: true })
  }
}

function isCheckpoint(raw: unknown): raw is ImportCheckpoint {
  if (!isJsonObject(raw) || !isJsonObject(raw['position'])) return false
  const { part, byte, line } = raw['position']
  const { fingerprint, rows, messages, items, rejected, bytesDone } = raw
  const numbers = [part, byte, line, rows, messages, items, rejected, bytesDone]
  return typeof fingerprint === 'string' && numbers.every((n) => Number.isFinite(n))
}
