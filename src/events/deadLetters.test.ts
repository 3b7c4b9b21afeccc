import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteState, type StateStore } from '../store/index.ts'
import { DeadLetters, MAX_DEAD_LETTERS } from './deadLetters.ts'

const REJECTION = { code: 'EVENTS_NO_IDENTITY', reason: 'Nobody.', index: 0, messageId: 'm' }

describe('dead letters', () => {
  let directory = ''
  let state: StateStore

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'attune-dead-'))
    state = await openSqliteState(directory)
  })

  afterEach(async () => {
    await state.close()
    await rm(directory, { recursive: true })
  })

  it('lists the newest first, page by page', async () => {
    const letters = await DeadLetters.open(state)
    for (let offset = 1; offset <= 3; offset++) {
      for (let index = 0; index < 2; index++) letters.add(offset, 5, { ...REJECTION, index })
    }
    const places: string[] = []
    let before: string | null = ''
    for (let page = 0; before !== null && page < 9; page++) {
      const { rows, next }: ReturnType<DeadLetters['list']> = letters.list(before, 4)
      places.push(...rows.map((letter) => `${letter.offset}:${letter.index}`))
      before = next
    }
    expect(places).toEqual(['3:1', '3:0', '2:1', '2:0', '1:1', '1:0'])
    expect(letters.list('', -1).rows).toEqual([])
    expect(() => letters.list('x', 5)).toThrow(expect.objectContaining({ status: 400 }))
  })

  it('keeps the newest 10,000, in memory and in the state, whatever the drains', async () => {
    const once = await DeadLetters.open(state)
    const often = await DeadLetters.open(state)
    const rows = new Map<string, Uint8Array | undefined>()
    for (let offset = 1; offset <= MAX_DEAD_LETTERS + 500; offset++) {
      for (const letters of [once, often]) letters.add(offset, offset, REJECTION)
      if (offset % 77 === 0) for (const put of often.drain()) rows.set(put.id, put.value)
    }
    for (const put of often.drain()) rows.set(put.id, put.value)
    await state.commit({ puts: once.drain() })
    expect(once.drain()).toEqual([])
    expect(await state.count('dead')).toBe(MAX_DEAD_LETTERS)
    const stored = await state.scan('dead', '', MAX_DEAD_LETTERS)
    for (const { id, value } of stored) {
      expect(Buffer.compare(value, rows.get(id) ?? new Uint8Array())).toBe(0)
    }
    const again = await DeadLetters.open(state)
    expect(again.list('', 20_000)).toEqual(once.list('', 20_000))
    expect(again.list('', 1).rows[0]?.offset).toBe(MAX_DEAD_LETTERS + 500)
    expect(again.list('', 20_000).rows.at(-1)?.offset).toBe(501)
  })
})
