import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { StatePut, StateTransaction } from '../store/index.ts'
import { Projector, type ProjectorParts } from './projector.ts'

/** Rows of one part, which are worth a turn of the event loop. */
const PART = 200

/** A projection whose rows say what had been applied when they were made, over a log and a state that are played. */
function played() {
  let head = -1
  let applied = 0
  let inCommand: Promise<void> | undefined
  const commits: StateTransaction[] = []
  const errors: unknown[] = []
  const part = (): StatePut[] =>
    Array.from({ length: PART }, (_, k) => ({
      kind: 'row',
      id: String(k),
      value: new Uint8Array(Uint32Array.of(applied).buffer),
    }))
  const parts = {
    log: { head: () => head, read: async () => [] },
    state: { commit: async (commit: StateTransaction) => (commits.push(commit), []) },
    projection: {
      prepare: async () => undefined,
      apply: () => {
        applied++
        return inCommand
      },
      *drain() {
        for (let k = 0; k < 5; k++) yield part()
      },
      settle: () => undefined,
    },
    models: { takeJournal: () => undefined },
    analytics: { drain: () => undefined, wake: () => undefined },
    extraPuts: () => [],
    onTrouble: (error: unknown) => errors.push(error),
  } as unknown as ProjectorParts
  const projector = new Projector(parts, { committed: -1, journalBytes: 0, journalThrough: 0 })
  const offer = (): void => {
    head++
    const content = { kind: 'command', command: {} } as const
    projector.offer({ offset: head, receivedAt: 1, count: 1, content }, 1)
  }
  const command = (work: Promise<void> | undefined): void => void (inCommand = work)
  return { projector, commits, errors, offer, command, applied: () => applied }
}

/** What the rows of a commit say had been applied. */
function toldBy({ puts }: StateTransaction): readonly number[] {
  return [...new Set(puts.map(({ value = [] }) => Buffer.from(value).readUInt32LE()))]
}

test('nothing is applied while the rows of a commit are gathered', async () => {
  const { projector, commits, errors, offer, applied } = played()
  projector.start()
  offer()
  await projector.settled(0)
  await vi.waitFor(() => expect(commits).toHaveLength(1))
  offer()
  await projector.settled(1)
  // Entries come all the time, so some do while the next commit is gathered.
  while (commits.length < 3) {
    offer()
    await nextTurn()
  }
  await projector.close()
  expect(errors).toEqual([])
  for (const commit of commits) {
    const { offsets } = commit
    expect(toldBy(commit)).toEqual([(offsets?.['projector'] ?? 0) + 1])
  }
  expect(commits.at(-1)?.offsets).toEqual({ projector: applied() - 1 })
})

test('nothing is stored while a command is under way, and all of it at the end', async () => {
  const { projector, commits, offer, command } = played()
  projector.start()
  const { promise, resolve } = Promise.withResolvers<void>()
  offer()
  await projector.settled(0)
  command(promise)
  offer()
  await new Promise((later) => setTimeout(later, 600))
  expect(commits).toEqual([])
  command(undefined)
  resolve()
  await projector.close()
  expect(commits.map(({ offsets }) => offsets)).toEqual([{ projector: 1 }])
})
