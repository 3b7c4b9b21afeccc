import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveModels } from '../liveModels.ts'
import { PersonalRanking } from './personalRanking.ts'
import type { ListedPerson, PersonalServing } from './personalServing.ts'
import type { ServedModel } from './servedModel.ts'

/** People as they come from the store. */
export interface People {
  /** How many there are, about. */
  count(): Promise<number>
  /**
   * Hands over the persons of at most `limit` rows with pid > after, in the order of their pids; what it hands over holds
   * during the call alone. Those for whom `each` says so come into memory if there is room: they will be asked for.
   * @returns the last pid looked at; undefined when there are no more
   */
  visit(
    after: string,
    limit: number,
    each: (person: ListedPerson & { readonly seenAt: number }) => boolean,
  ): Promise<string | undefined>
}

export interface WarmUpParts {
  readonly people: People
  readonly live: LiveModels
  readonly serving: PersonalServing
  /** Items of the catalogue. */
  readonly items: () => number
  readonly signal: AbortSignal
}

/** Rows that the share of people who were seen lately is estimated from; pids are random, so the first ones are a sample. */
const SAMPLED = 2_000
/** Rows of one look into the store. */
const ROWS = 16
/** Time of the model's thread for one question, milliseconds: a decision may have to wait behind it. */
const ASKED_MS = 16
/** After each ranking, about as long as it takes, so that decisions come first; milliseconds. */
const REST_MS = 0.3

/**
 * Makes the rankings of the people who were seen last, as many as there is room for, while decisions go on. Ends early when
 * the signal comes or the model falls silent.
 */
export async function warmUp(parts: WarmUpParts, model: ServedModel): Promise<void> {
  const since = await seenSince(parts)
  const ranking = new PersonalRanking()
  let after: string | undefined = ''
  while (after !== undefined) {
    const people: ListedPerson[] = []
    after = await parts.people.visit(after, ROWS, (person) => {
      if (person.seenAt < since) return false
      const { pid, events, history } = person
      if (history.length > 0) people.push({ pid, events, history })
      return history.length > 0
    })
    const missing = people.filter((person) => parts.serving.kept(person) === undefined)
    for (const some of inParts(missing, Math.max(1, Math.floor(ASKED_MS / model.pace)))) {
      const opinions = await model.askAll(some.map(({ history }) => history))
      if (parts.signal.aborted || model.fault !== undefined) return
      if (parts.serving.model !== model) return
      for (const [k, person] of some.entries()) {
        const opinion = opinions[k]
        const trained = opinion && { opinion, weight: model.weight }
        const { live, serving, items } = parts
        ranking.begin({ models: live, history: person.history, trained, items: items() })
        serving.keep(person, ranking)
      }
      await sleep(Math.ceil(REST_MS * some.length))
    }
    if (parts.signal.aborted) return
  }
}

/** The time of their newest event from which on there is room for everybody's ranking. */
async function seenSince({ people, serving: { lists } }: WarmUpParts): Promise<number> {
  const room = lists.capacity / Math.max(1, await people.count())
  if (room >= 1) return Number.NEGATIVE_INFINITY
  const seen: number[] = []
  await people.visit('', SAMPLED, ({ seenAt }) => {
    seen.push(seenAt)
    return false
  })
  seen.sort((a, b) => b - a)
  return seen[Math.floor(room * seen.length)] ?? Number.NEGATIVE_INFINITY
}

function inParts<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: T[][] = []
  for (let k = 0; k < list.length; k += size) parts.push(list.slice(k, k + size))
  return parts
}
