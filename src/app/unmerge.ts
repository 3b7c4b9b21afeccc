import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { JsonObject } from '../base/index.ts'
import { type AttuneEvent, interactionsOf } from '../events/index.ts'
import type { ItemInteraction, PersonRecord, ShownList, Unmerge } from '../profiles/index.ts'
import type { EventLog } from '../store/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { DecisionRecord } from '../decisions/index.ts'
import { readEntry } from './entry.ts'
import { appErrors } from './errors.ts'

const Identifier = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 64 }),
    value: Type.String({ minLength: 1, maxLength: 512 }),
  },
  { additionalProperties: false },
)

/** Body of a request to take two identifiers of one person apart. */
export const UnmergeSchema = Type.Object(
  { first: Identifier, second: Identifier },
  { additionalProperties: false },
)

const check = Compile(UnmergeSchema)
const READ_LIMIT = { entries: 256, bytes: 4_194_304 }

/** @throws APP_INVALID_UNMERGE */
export function parseUnmerge(raw: unknown): Unmerge {
  if (check.Check(raw)) return raw
  throw appErrors.APP_INVALID_UNMERGE()
}

/** The command as the log keeps it. */
export function unmergeCommand({ first, second }: Unmerge): JsonObject {
  return { command: 'unmerge', first: { ...first }, second: { ...second } }
}

/** Everything in the log before `end` that may concern a person, oldest first. Cost: reads the whole log. */
export async function* personRecords(
  log: EventLog,
  catalog: Catalog,
  end: number,
): AsyncGenerator<PersonRecord> {
  for (let from = log.tail(); from < end;) {
    const entries = await log.read(from, READ_LIMIT)
    if (entries.length === 0) return
    for (const entry of entries) {
      if (entry.offset >= end) return
      from = entry.offset + 1
      const { content, offset } = readEntry(entry)
      if (content.kind === 'messages') {
        const { events, indexes } = content.body
        for (const [i, event] of events.entries()) {
          const at = { offset, index: indexes[i] ?? i }
          yield { event, interactions: numberedInteractions(event, catalog), at }
        }
      } else if (content.kind === 'decisions') {
        for (const [index, record] of content.records.entries()) {
          const decision = {
            identifiers: record.identifiers,
            lists: shownLists(record, catalog),
          }
          yield { decision, at: { offset, index } }
        }
      }
    }
  }
}

/** What an event did to items, by their catalogue numbers. */
export function numberedInteractions(event: AttuneEvent, catalog: Catalog): ItemInteraction[] {
  const numbered: ItemInteraction[] = []
  for (const interaction of interactionsOf(event)) {
    numbered.push({ ...interaction, number: catalog.intern(interaction.item) })
  }
  return numbered
}

/** The lists of a decision, by catalogue numbers; `numbers` are those, if they are at hand. */
export function shownLists(
  { id, at, lists }: DecisionRecord,
  catalog: Catalog,
  numbers?: readonly (readonly number[])[],
): ShownList[] {
  return lists.map(({ placement, version, items }, k) => ({
    decision: id,
    placement,
    version,
    time: at,
    items: numbers?.[k] ?? items.map((item) => catalog.intern(item)),
  }))
}
