import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Rows of a table, the header first. */
export type Rows = readonly (readonly (string | number)[])[]

/** Data set folders in a directory of their own. */
export class ScratchFolders {
  readonly #directory = mkdtempSync(join(tmpdir(), 'attune-evaluate-'))
  #count = 0

  /** Writes the tables that are given, and a dataset.json. @returns the folder */
  write(protocol: string, tables: Readonly<Record<string, Rows | undefined>>, rules = ''): string {
    const folder = join(this.#directory, `set-${this.#count++}`)
    mkdirSync(folder)
    const files = Object.fromEntries(Object.keys(tables).map((role) => [role, `${role}.tsv.gz`]))
    const document = { name: 'small', title: 'Small', protocol, rules, files }
    writeFileSync(join(folder, 'dataset.json'), JSON.stringify(document))
    for (const [role, rows] of Object.entries(tables)) {
      if (rows === undefined) continue
      const text = rows.map((row) => `${row.join('\t')}\n`).join('')
      writeFileSync(join(folder, `${role}.tsv.gz`), gzipSync(text))
    }
    return folder
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true })
  }
}
