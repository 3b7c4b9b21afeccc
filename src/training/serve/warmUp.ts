import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveModels } from '../liveModels.ts'
import type { Opinion } from './opinion.ts'
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
  const { people, serving } = parts
  const ranking = new PersonalRanking()
  let asked: Asked | undefined
  for await (const some of missingPeople(people, await seenSince(parts), serving)) {
    if (isOver(parts, model)) return
    for (const few of inParts(some, Math.max(1, Math.floor(ASKED_MS / model.pace)))) {
      if (isOver(parts, model)) return
      // The model's thread works on these while the ones before are ranked.
      const next = { people: few, opinions: model.askAll(few.map(({ history }) => history)) }
      if (asked !== undefined) await keepRankings(parts, model, ranking, asked)
      asked = next
      await sleep(Math.ceil(REST_MS * few.length))
    }
  }
  if (asked !== undefined) await keepRankings(parts, model, ranking, asked)
}

/** People whom the model was asked about. */
interface Asked {
  readonly people: readonly ListedPerson[]
  readonly opinions: Promise<readonly Opinion[]>
}

/** People who were seen since then and of whom no ranking is kept, some at a time. */
async function* missingPeople(
  people: People,
  since: number,
  serving: PersonalServing,
): AsyncGenerator<readonly ListedPerson[]> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const found: ListedPerson[] = []
    after = await people.visit(after, ROWS, (person) => {
      if (person.seenAt < since) return false
      const { pid, events, history } = person
      if (history.length > 0) found.push({ pid, events, history })
      return history.length > 0
    })
    yield found.filter((person) => serving.kept(person) === undefined)
  }
}

async function keepRankings(
  parts: WarmUpParts,
  model: ServedModel,
  ranking: PersonalRanking,
  { people, opinions }: Asked,
): Promise<void> {
  const { live, serving, items } = parts
  const answers = await opinions
  if (isOver(parts, model)) return
  for (const [k, person] of people.entries()) {
    const opinion = answers[k]
    const trained = opinion && { opinion, weight: model.weight }
    ranking.begin({ models: live, history: person.history, trained, items: items() })
    serving.keep(person, ranking)
  }
}

/** Another model is in service, this one fell silent, or the workspace closes. */
function isOver({ serving, signal }: WarmUpParts, model: ServedModel): boolean {
  return signal.aborted || model.fault !== undefined || serving.model !== model
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
