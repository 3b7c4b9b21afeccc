import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AttuneError, ManualClock } from '../base/index.ts'
import { openImport } from './openImport.ts'
import { type ImportCheckpoint, type ImportSink, runImport } from './runImport.ts'
import type { RejectedRow } from './source.ts'
import { makeScratch, type Scratch } from './testing/scratch.ts'

let scratch: Scratch
beforeAll(async () => {
  scratch = await makeScratch()
})
afterAll(() => scratch.remove())

/** Keeps what it gets; fails once when it has got a number of slices. */
class Store implements ImportSink {
  readonly ids: string[] = []
  readonly counts: number[] = []
  failAt = Infinity

  async messages({ body, count }: { body: Uint8Array; count: number }): Promise<void> {
    if (this.counts.length === this.failAt) {
      this.failAt = Infinity
      throw new Error('power cut')
    }
    const { batch } = JSON.parse(new TextDecoder().decode(body)) as {
      batch: { messageId: string }[]
    }
    expect(batch).toHaveLength(count)
    this.counts.push(count)
    this.ids.push(...batch.map(({ messageId }) => messageId))
  }

  async items(): Promise<void> {}
}

function memory(): {
  saved: ImportCheckpoint | undefined
  load(): Promise<ImportCheckpoint | undefined>
  save(checkpoint: ImportCheckpoint): Promise<void>
} {
  return {
    saved: undefined,
    async load() {
      return this.saved
    },
    async save(checkpoint) {
      this.saved = JSON.parse(JSON.stringify(checkpoint)) as ImportCheckpoint
    },
  }
}

function writeRows(name: string, rows: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, i) => `user-number-${i % 501}\titem-${i % 40}`)
  return scratch.write(name, `user\titem\n${lines.join('\n')}\n`)
}

describe('running an import', () => {
  test('hands over slices of at most 500 in the order of the file', async () => {
    const source = await openImport(await writeRows('a.tsv', 1_234))
    const store = new Store()
    const summary = await runImport(source, store)
    expect(store.counts).toEqual([500, 500, 234])
    expect(store.ids).toEqual(
      Array.from({ length: 1_234 }, (_, i) => `${source.fingerprint}-${i + 2}`),
    )
    expect(summary).toMatchObject({ rows: 1_234, messages: 1_234, rejected: 0, finished: true })
  })

  test('after a failure it goes on; what is sent twice has the same ids', async () => {
    const source = await openImport(await writeRows('b.tsv.gz', 40_000))
    const store = new Store()
    const checkpoint = memory()
    store.failAt = 45
    await expect(runImport(source, store, { checkpoint })).rejects.toThrow('power cut')
    const before = store.ids.length
    expect(checkpoint.saved?.rows).toBeGreaterThan(0)
    const summary = await runImport(source, store, { checkpoint })
    expect(summary.resumedAtRow).toBeGreaterThan(0)
    expect(summary).toMatchObject({ rows: 40_000, messages: 40_000 })
    expect(new Set(store.ids).size).toBe(40_000)
    expect(store.ids.length - before).toBeLessThan(40_000)
    const again = await runImport(source, store, { checkpoint })
    expect(again).toMatchObject({ rows: 40_000, resumedAtRow: 40_000, finished: true })
  })

  test('a checkpoint of other contents is not used', async () => {
    const checkpoint = memory()
    await runImport(await openImport(await writeRows('c.tsv', 10)), new Store(), { checkpoint })
    const store = new Store()
    await runImport(await openImport(await writeRows('c.tsv', 11)), store, { checkpoint })
    expect(store.ids).toHaveLength(11)
  })

  test('rows that the receiver refuses are told with their lines', async () => {
    const path = await scratch.write('d.csv', 'user,item\na,x\n,x\nb,x\n')
    const dead: RejectedRow[] = []
    const summary = await runImport(
      await openImport(path),
      {
        messages: async () => ({ refused: [{ index: 1, code: 'X_NO', reason: 'no' }] }),
        items: async () => undefined,
      },
      {
        deadLetter: async (rows) => {
          dead.push(...rows)
        },
      },
    )
    expect(dead.map(({ file, line, code }) => [file, line, code])).toEqual([
      ['d.csv', 3, 'IMPORTS_NO_PERSON'],
      ['d.csv', 4, 'X_NO'],
    ])
    expect(summary).toMatchObject({ rows: 3, messages: 1, rejected: 2 })
  })

  test('waits when there is no room, and gives up on other faults', async () => {
    const source = await openImport(await writeRows('e.tsv', 3))
    const full = new AttuneError('X_FULL', { status: 429, meaning: '', remedy: '' }, 'full')
    let refusals = 3
    const pauses: number[] = []
    await runImport(
      source,
      {
        async messages() {
          if (refusals-- > 0) throw full
        },
        items: async () => undefined,
      },
      {
        pause: async (ms) => {
          pauses.push(ms)
        },
      },
    )
    expect(pauses).toHaveLength(3)
  })

  test('stops at a signal and tells so', async () => {
    const source = await openImport(await writeRows('f.tsv', 40_000))
    const stop = new AbortController()
    const store = new Store()
    const summary = await runImport(source, store, {
      signal: stop.signal,
      onProgress: ({ rows }) => {
        if (rows > 0) stop.abort()
      },
    })
    expect(summary.finished).toBe(false)
    expect(summary.rows).toBeGreaterThan(0)
    expect(summary.rows).toBeLessThan(40_000)
  })

  test('reports progress up to the end of the file', async () => {
    const source = await openImport(await writeRows('g.tsv', 20_000))
    const shares: number[] = []
    await runImport(source, new Store(), {
      clock: new ManualClock(0),
      onProgress: ({ bytesDone, totalBytes }) => shares.push(bytesDone / totalBytes),
    })
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })
})
