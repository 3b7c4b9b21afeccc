import { describe, expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../base/index.ts'
import { stateEngines } from '../engines.ts'
import type { StatePut, StateStore } from '../stateStore.ts'
import { isOnDisk, type Sandbox, useSandbox } from './sandbox.ts'
import { openState, putOf, type StateEngineName, textOf } from './stateFixture.ts'
import { testStateFaults } from './stateStoreFaults.ts'

/** The promises of the StateStore port, for the test of each adapter. */
export function testStateStore(name: StateEngineName): void {
  describe(`state on ${name}`, () => {
    const sandbox = useSandbox()
    testRows(name, sandbox)
    testCommits(name, sandbox)
    testOutbox(name, sandbox)
    testLeases(name, sandbox)
    testModel(name, sandbox)
    if (!stateEngines[name].capabilities.localFiles) return
    testScrub(name, sandbox)
    testStateFaults(name, sandbox)
  })
}

function testRows(name: StateEngineName, sandbox: Sandbox): void {
  test('gives rows back by kind and id, in the order asked', async () => {
    const directory = sandbox.directory()
    const state = await openState(name, sandbox, directory)
    expect(await state.get('nothing', 'a')).toBeUndefined()
    const large = 'large '.repeat(200_000)
    const rows: readonly (readonly [string, string])[] = [
      ['a', '1'],
      ['b', ''],
      ['ü €😀', large],
      ['', 'empty id'],
    ]
    await state.commit({ puts: rows.map(([id, text]) => putOf('thing', id, text)) })
    await state.commit({ puts: [putOf('other', 'a', 'not the same')] })
    const check = async (store: StateStore): Promise<void> => {
      const many = await store.getMany('thing', ['b', 'x', 'ü €😀', '', 'a', 'a'])
      expect(many.map(textOf)).toEqual(['', undefined, large, 'empty id', '1', '1'])
      expect(textOf(await store.get('other', 'a'))).toBe('not the same')
      const counts = ['thing', 'other', 'none'].map((kind) => store.count(kind))
      expect(await Promise.all(counts)).toEqual([4, 1, 0])
    }
    await check(state)
    await check(await reopened(state, () => openState(name, sandbox, directory)))
  })

  test('scans a kind in pages ordered by id', async () => {
    const state = await openState(name, sandbox)
    const ids = Array.from({ length: 25 }, (_, i) => `id${String((i * 7) % 25).padStart(2, '0')}`)
    await state.commit({ puts: ids.map((id) => putOf('page', id, id)) })
    await state.commit({ puts: [putOf('pageant', 'id00', 'another kind')] })
    const seen: string[] = []
    for (let after = ''; ; after = seen.at(-1) ?? '') {
      const page = await state.scan('page', after, 10)
      if (page.length === 0) break
      for (const row of page) seen.push(row.id)
      expect(page.map((row) => textOf(row.value))).toEqual(page.map((row) => row.id))
    }
    expect(seen).toEqual(ids.toSorted())
  })

  test('closing waits for the commits before it and refuses everything after', async () => {
    const directory = sandbox.directory()
    const state = await openState(name, sandbox, directory)
    const commits = Array.from({ length: 20 }, (_, i) =>
      state.commit({ puts: [putOf('k', `${i}`, 'v')] }),
    )
    const closed = state.close()
    await expect(state.commit({ puts: [] })).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await expect(state.get('k', '0')).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await Promise.all([...commits, closed])
    expect(await (await openState(name, sandbox, directory)).count('k')).toBe(20)
  })
}

function testCommits(name: StateEngineName, sandbox: Sandbox): void {
  test('reads after a commit see it, with many under way', async () => {
    const state = await openState(name, sandbox)
    const write = async (i: number): Promise<void> => {
      await state.commit({ puts: [putOf('k', `id${i}`, `${i}`)], offsets: { [`g${i}`]: i } })
      expect(textOf(await state.get('k', `id${i}`))).toBe(`${i}`)
      expect(await state.offset(`g${i}`)).toBe(i)
    }
    await Promise.all(Array.from({ length: 100 }, (_, i) => write(i)))
    expect(await state.offset('unknown')).toBe(0)
  })

  test('the last of several puts of one row counts', async () => {
    const state = await openState(name, sandbox)
    const puts = ['1', undefined, '2', '3'].map((text) => putOf('k', 'a', text))
    await state.commit({ puts })
    expect([textOf(await state.get('k', 'a')), await state.count('k')]).toEqual(['3', 1])
    await state.commit({ puts: [putOf('k', 'a', undefined), putOf('k', 'never', undefined)] })
    expect([await state.get('k', 'a'), await state.count('k')]).toEqual([undefined, 0])
  })

  test('compares before it sets, and a conflict leaves nothing of its commit', async () => {
    const state = await openState(name, sandbox)
    const expecting = (
      id: string,
      text: string | undefined,
      expected: string | undefined,
    ): StatePut => ({
      ...putOf('k', id, text),
      expected: { value: putOf('k', id, expected).value },
    })
    await state.commit({ puts: [expecting('a', '1', undefined)] })
    await state.commit({ puts: [expecting('a', '2', '1')] })
    for (const wrong of ['1', '22', '', undefined]) {
      const refused = state.commit({
        puts: [putOf('k', 'b', 'x'), putOf('new kind', 'b', 'x'), expecting('a', '3', wrong)],
        offsets: { group: 9 },
        outbox: [{ topic: 't', bytes: Buffer.from('x') }],
      })
      await expect(refused).rejects.toMatchObject({ code: 'STORE_CONFLICT', status: 409 })
    }
    expect([textOf(await state.get('k', 'a')), await state.get('k', 'b')]).toEqual(['2', undefined])
    expect([await state.count('k'), await state.count('new kind')]).toEqual([1, 0])
    expect([await state.offset('group'), await state.outbox('t', 9)]).toEqual([0, []])
    await state.commit({ puts: [putOf('new kind', 'b', 'y'), expecting('a', undefined, '2')] })
    expect([textOf(await state.get('new kind', 'b')), await state.count('k')]).toEqual(['y', 0])
  })
}

function testOutbox(name: StateEngineName, sandbox: Sandbox): void {
  test('outbox ids only grow, also after all are done and after reopening', async () => {
    const directory = sandbox.directory()
    const state = await openState(name, sandbox, directory)
    const message = (topic: string, text: string) => ({ topic, bytes: Buffer.from(text) })
    const first = await state.commit({
      puts: [],
      outbox: [message('a', '1'), message('b', '2'), message('a', '3')],
    })
    expect(first).toHaveLength(3)
    expect(first).toEqual(first.toSorted((x, y) => x - y))
    const texts = async (store: StateStore, topic: string): Promise<unknown> =>
      (await store.outbox(topic, 10)).map((entry) => textOf(entry.bytes))
    expect(await texts(state, 'a')).toEqual(['1', '3'])
    expect((await state.outbox('a', 1)).map(({ id }) => id)).toEqual([first[0]])
    expect((await state.outbox('a', 9, first[0])).map(({ id }) => id)).toEqual([first[2]])
    expect(await state.outbox('a', 9, first[2])).toEqual([])
    await state.commit({ puts: [], outboxDone: [{ topic: 'a', upTo: first[0] ?? 0 }] })
    expect([await texts(state, 'a'), await texts(state, 'b')]).toEqual([['3'], ['2']])
    await state.commit({
      puts: [],
      outboxDone: ['a', 'b'].map((topic) => ({ topic, upTo: first[2] ?? 0 })),
    })
    const again = await reopened(state, () => openState(name, sandbox, directory))
    const [next] = await again.commit({ puts: [], outbox: [message('a', '4')] })
    expect(next).toBeGreaterThan(first[2] ?? 0)
    expect(await texts(again, 'a')).toEqual(['4'])
  })
}

function testLeases(name: StateEngineName, sandbox: Sandbox): void {
  test('one holder at a time, and the epoch grows with every change of holder', async () => {
    const state = await openState(name, sandbox)
    expect(await state.lease('trainer', 'a', 1000, 100)).toBe(1)
    expect(await state.lease('trainer', 'b', 1050, 100)).toBeUndefined()
    expect(await state.lease('trainer', 'a', 1090, 100)).toBe(1)
    expect(await state.lease('trainer', 'b', 1150, 100)).toBeUndefined()
    expect(await state.lease('trainer', 'b', 1190, 100)).toBe(2)
    expect(await state.lease('trainer', 'a', 1200, 100)).toBeUndefined()
    expect(await state.lease('trainer', 'a', 1300, 100)).toBe(3)
    expect(await state.lease('another', 'b', 1300, 100)).toBe(1)
  })
}

function testModel(name: StateEngineName, sandbox: Sandbox): void {
  test.each([1, 2])('equals a plain map after random commits (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const directory = sandbox.directory()
    let state = await openState(name, sandbox, directory)
    const model = new Map<string, string>()
    for (let step = 0; step < 60; step++) {
      const puts = Array.from({ length: randomInt(random, 30) }, () => {
        const id = `id${randomInt(random, 50)}`
        const text =
          randomInt(random, 3) === 0 ? undefined : `${step}`.repeat(randomInt(random, 900))
        if (text === undefined) model.delete(id)
        else model.set(id, text)
        return putOf('k', id, text)
      })
      await state.commit({ puts })
      if (randomInt(random, 20) === 0) {
        state = await reopened(state, () => openState(name, sandbox, directory))
      }
      const rows = await state.scan('k', '', 1000)
      const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(rows.map((row) => [row.id, textOf(row.value)])).toEqual(expected)
      expect(await state.count('k')).toBe(model.size)
    }
  })
}

function testScrub(name: StateEngineName, sandbox: Sandbox): void {
  test('scrubbing takes deleted and replaced bytes off the disk', async () => {
    const directory = sandbox.directory()
    const state = await openState(name, sandbox, directory)
    const rows = Array.from({ length: 400 }, (_, i) =>
      putOf('k', `person-${i}`, `mail-${i}@example.test`.repeat(60)),
    )
    rows.push(putOf('k', 'first-person', 'x'))
    await state.commit({
      puts: rows,
      outbox: [{ topic: 't', bytes: Buffer.from('mail-7@example.test') }],
    })
    expect(isOnDisk(directory, 'mail-7@example.test')).toBe(true)
    await state.commit({
      puts: [
        putOf('k', 'first-person', undefined),
        putOf('k', 'person-7', undefined),
        putOf('k', 'person-8', 'nothing'),
      ],
      outboxDone: [{ topic: 't', upTo: 1 }],
    })
    await state.scrub()
    for (const gone of ['mail-7@example.test', 'mail-8@example.test', 'first-person']) {
      expect(isOnDisk(directory, gone)).toBe(false)
    }
    expect(isOnDisk(directory, 'mail-9@example.test')).toBe(true)
  })
}

async function reopened(state: StateStore, open: () => Promise<StateStore>): Promise<StateStore> {
  await state.close()
  return open()
}
