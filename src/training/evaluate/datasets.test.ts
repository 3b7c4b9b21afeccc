import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evaluateModel } from './evaluateModel.ts'
import { openDataset } from './openDataset.ts'
import { reportInJson } from './report.ts'
import { stillMeter } from './testing/meter.ts'

/** Folder with real data sets; the tests pass without it. */
const ROOT =
  process.env['DATASETS'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'datasets')

interface Reference {
  readonly model: string
  readonly checked: boolean
  readonly [metric: string]: unknown
}

interface Document {
  readonly protocol: string
  readonly references?: readonly Reference[]
}

function read(folder: string): Document {
  return JSON.parse(readFileSync(join(ROOT, folder, 'dataset.json'), 'utf8')) as Document
}

/** Rows of popularity that were computed on exactly these files: [folder, row]. */
function popularityRows(): (readonly [string, Reference])[] {
  if (!existsSync(ROOT)) return []
  const folders = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'dataset.json')))
  return folders.flatMap((folder) =>
    (read(folder).references ?? [])
      .filter(({ model }) => model.startsWith('Popularity') && model.includes('.py)'))
      .map((row) => [folder, row] as const),
  )
}

const rows = popularityRows()

describe('popularity on real data sets', () => {
  test('has rows to agree with', (context) => {
    if (rows.length === 0) context.skip('no data sets found; set DATASETS to a folder with some')
    expect(rows.length).toBeGreaterThan(0)
  })

  test.each(rows)('%s: agrees to four digits', { timeout: 120_000 }, async (folder, row) => {
    const dataset = await openDataset(join(ROOT, folder), { attributes: false })
    const task = /task new/.test(row.model) ? ('new' as const) : ('all' as const)
    const report = await evaluateModel(dataset, {
      model: 'popularity',
      tasks: [task],
      seed: 1,
      threads: 1,
      meter: stillMeter,
      memoryLimit: 1e9,
      progress: () => undefined,
      say: () => undefined,
    })
    const metrics = reportInJson(dataset, report)['metrics'] as Record<string, number>
    const told = Object.entries(row).filter(([name]) => name.includes('@'))
    expect(told.length).toBeGreaterThan(0)
    for (const [name, value] of told) {
      // The rows are rounded to four digits.
      expect([name, Math.round((metrics[name] ?? 0) * 1e4) / 1e4]).toEqual([name, value])
    }
  })
})
