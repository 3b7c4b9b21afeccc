import type { StatePut, StateStore } from '../store/index.ts'
import type { ProjectionCounts } from './projection.ts'

const KIND = 'counters'
const ID = 'projection'
const text = new TextDecoder()
const utf8 = new TextEncoder()

/** Totals of a workspace since its first event, as of the last commit. */
export async function readCounters(state: StateStore): Promise<ProjectionCounts> {
  const stored = await state.get(KIND, ID)
  const zero = { events: 0, rejected: 0, duplicates: 0, decisions: 0, persons: 0 }
  return stored === undefined ? zero : { ...zero, ...JSON.parse(text.decode(stored)) }
}

export function putCounters(counts: ProjectionCounts): StatePut {
  return { kind: KIND, id: ID, value: utf8.encode(JSON.stringify(counts)) }
}
