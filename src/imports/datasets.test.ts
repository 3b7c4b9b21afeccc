import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBody } from '../events/index.ts'
import { openImport } from './openImport.ts'

/** Folder with real data sets; the tests pass without it. */
const ROOT =
  process.env['DATASETS'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'datasets')

function foldersIn(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root).filter((name) => existsSync(join(root, name, 'dataset.json')))
}

const folders = foldersIn(ROOT)
describe('real data sets', () => {
  test('are there', (context) => {
    if (folders.length === 0) context.skip('no data sets found; set DATASETS to a folder with some')
    expect(folders).not.toEqual([])
  })

  test.each(folders)('%s: the first rows are all accepted as Segment messages', async (name) => {
    const source = await openImport(join(ROOT, name))
    let messages: readonly string[] = []
    let rejected = 0
    for await (const batch of source.read()) {
      rejected += batch.rejected.length
      messages = batch.messages.filter((text) => text.includes('"track"'))
      if (messages.length > 0) break
    }
    expect(messages.length).toBeGreaterThan(50)
    const body = new TextEncoder().encode(`{"batch":[${messages.slice(0, 500).join(',')}]}`)
    const parsed = parseBody('import', body, Date.UTC(2026, 0, 1))
    expect(parsed.rejections).toEqual([])
    expect(parsed.events.length).toBe(Math.min(500, messages.length))
    expect(rejected).toBeLessThan(messages.length / 20)
  })
})
