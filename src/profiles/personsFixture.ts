import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../base/index.ts'
import type { Action, AttuneEvent, EventType, Identifier } from '../events/index.ts'
import { openSqliteState, type StateStore } from '../store/index.ts'
import { defaultFeatures } from './features/defaultFeatures.ts'
import { identifiersOf, Persons } from './persons.ts'
import type { Applied } from './applied.ts'
import type { DecisionRecord } from './population.ts'
import type { ItemInteraction } from './itemInteraction.ts'

/** 2024-01-10T12:00Z: the time around which the tests happen. */
export const NOON = Date.UTC(2024, 0, 10, 12)

const KINDS = ['identity', 'profile', 'shown', 'merge', 'term']

/** A real state store in a directory of its own. */
export async function openTestState(): Promise<{ state: StateStore; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'attune-profiles-'))
  const state = await openSqliteState(directory)
  return {
    state,
    async close() {
      await state.close()
      await rm(directory, { recursive: true })
    },
  }
}

/** Every row of profiles as `kind/id` → hex. */
export async function rowsOf(state: StateStore): Promise<Map<string, string>> {
  const rows = new Map<string, string>()
  for (const kind of KINDS) {
    for (const { id, value } of await state.scan(kind, '', 100_000)) {
      rows.set(`${kind}/${id}`, Buffer.from(value).toString('hex'))
    }
  }
  return rows
}

/** Makes a store empty again. */
export async function emptyState(state: StateStore): Promise<void> {
  const puts = []
  for (const kind of KINDS) {
    for (const { id } of await state.scan(kind, '', 100_000))
      puts.push({ kind, id, value: undefined })
  }
  await state.commit({ puts })
}

/** Persons over a catalogue in which item n has brand n mod 5 and category n mod 3. */
export function newPersons(state: StateStore, cacheBytes = 1e9): Persons {
  return new Persons({
    state,
    salt: 'salt of the tests',
    features: defaultFeatures,
    cacheBytes,
    attributeCode: (item, path) => (path === 'brand' ? item % 5 : item % 3),
    attributeText: (path, code) => `${path} ${code}`,
  })
}

export function ids(...texts: string[]): Identifier[] {
  return texts.map((text) => {
    const [type = '', value = ''] = text.split('=')
    return { type, value }
  })
}

let messages = 0

/** An event with everything that is not given left empty. */
export function eventOf(
  identifiers: readonly Identifier[],
  more: Partial<AttuneEvent> & { readonly traits?: JsonObject; readonly type?: EventType } = {},
): AttuneEvent {
  const timestamp = more.timestamp ?? NOON
  return {
    type: 'track',
    messageId: `message ${messages++}`,
    name: 'Something Done',
    identifiers,
    timestamp,
    receivedAt: timestamp + 50,
    properties: {},
    traits: {},
    context: {},
    groupId: undefined,
    previousId: undefined,
    decisionId: undefined,
    ...more,
  }
}

export function interactionOf(
  number: number,
  action: Action = 'view',
  more: Partial<ItemInteraction> = {},
): ItemInteraction {
  return {
    item: `item ${number}`,
    number,
    action,
    value: 1,
    quantity: 1,
    order: undefined,
    position: undefined,
    ...more,
  }
}

/** One thing in a test's log; its place is its index. */
export type Step =
  | { readonly event: AttuneEvent; readonly interactions: readonly ItemInteraction[] }
  | { readonly decision: DecisionRecord }

/** Where slices end (prefetch) and where rows are written; by number of steps. */
export interface Rhythm {
  readonly slice: number
  readonly flush: number
}

function identifiersIn(step: Step): readonly Identifier[] {
  return 'event' in step ? identifiersOf(step.event) : step.decision.identifiers
}

/**
 * Applies steps from place `from` in slices, with flushes that settle one slice late; somebody asks for the persons of
 * the first two before.
 */
export async function live(
  persons: Persons,
  state: StateStore,
  steps: readonly Step[],
  { slice, flush }: Rhythm = { slice: 1_000, flush: 1_000 },
  from = 1,
): Promise<(Applied | undefined)[]> {
  const results: (Applied | undefined)[] = []
  let writing: Promise<unknown> | undefined
  for (let start = 0; start < steps.length; start += slice) {
    const part = steps.slice(start, start + slice)
    for (const step of part.slice(0, 2)) await persons.find(identifiersIn(step))
    await persons.prefetch(
      part.map((step) => ('event' in step ? identifiersIn(step) : [])),
      part.map((step) => ('event' in step ? [] : identifiersIn(step))),
    )
    part.forEach((step, i) => {
      const at = { offset: from + start + i, index: 0 }
      if ('event' in step) results.push(persons.apply(step.event, step.interactions, at))
      else persons.applyDecision(step.decision, at)
    })
    if (Math.floor(start / flush) === Math.floor((start + slice) / flush)) continue
    await writing
    writing = state.commit({ puts: [...persons.drain()].flat() }).then(() => persons.settle())
  }
  await writing
  await state.commit({ puts: [...persons.drain()].flat() })
  persons.settle()
  return results
}
