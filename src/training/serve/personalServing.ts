import type { HistoryEntry } from '../../profiles/index.ts'
import type { LiveModels } from '../liveModels.ts'
import type { KeptList } from './keptList.ts'
import { type ListKey, PersonalLists } from './personalLists.ts'
import type { PersonalRanking, TrainedOpinion } from './personalRanking.ts'
import type { ServedModel } from './servedModel.ts'

/** A person whom a ranking is kept for. */
export interface ListedPerson {
  readonly pid: string
  readonly events: number
  readonly history: readonly HistoryEntry[]
}

/** The trained model's opinion of what a person had done when it was asked. */
interface Consulted extends TrainedOpinion {
  readonly by: ServedModel
  /** Undefined: of no one person. */
  readonly key: ListKey | undefined
}

/** What is at hand for the decision on one person; it holds until the next person's. */
export interface AtHand {
  readonly trained: TrainedOpinion | undefined
  readonly kept: KeptList | undefined
  /** To be told of a ranking that had to be made. */
  readonly onRanked?: (ranking: PersonalRanking) => void
}

/** What serving a person may take. */
export interface ServingLimits {
  /** Memory for rankings that are kept. */
  readonly rankingBytes: number
  /** A decision waits at most this long for the trained model, milliseconds, and goes on without it. */
  readonly waitMs: number
}

const NOTHING: AtHand = { trained: undefined, kept: undefined }

/** Has for each decision what the models say of the person: the ranking that was kept, or the opinion of the trained model. */
export class PersonalServing {
  readonly lists: PersonalLists
  readonly #live: LiveModels
  readonly #waitMs: number
  #model: ServedModel | undefined

  constructor(live: LiveModels, { rankingBytes, waitMs }: ServingLimits) {
    this.#live = live
    this.#waitMs = waitMs
    this.lists = new PersonalLists(rankingBytes)
  }

  /** The trained model in service; undefined: the live counts alone. */
  get model(): ServedModel | undefined {
    return this.#model
  }

  /** Puts another model into service at once; the one before answers what it was asked, and ends. */
  async serve(model: ServedModel | undefined): Promise<void> {
    const before = this.#model
    this.#model = model
    this.lists.clear()
    await before?.close()
  }

  /** The person's ranking as it was kept, if it holds; until the next one is asked for. */
  kept(person: ListedPerson): KeptList | undefined {
    return this.lists.find(this.#keyOf(person))
  }

  /**
   * Asks the trained model about a person of whom no ranking is kept. Undefined: nothing is to be waited for.
   * @param person undefined when there is none, or when the request tells more of the person than is known
   * @param history what the person did, and did in this visit; asked for when it is needed
   */
  consult(
    person: ListedPerson | undefined,
    history: () => readonly HistoryEntry[],
  ): Promise<Consulted | undefined> | undefined {
    const model = this.#model
    if (model === undefined || model.fault !== undefined) return undefined
    const done = history()
    return done.length === 0 ? undefined : this.#ask(model, done, person && this.#keyOf(person))
  }

  /**
   * For a decision that is made at once, after `consult`.
   * @param person as in `consult`
   * @param trained what `consult` brought
   */
  atHand(person: ListedPerson | undefined, trained: Consulted | undefined): AtHand {
    if (person === undefined) return { ...NOTHING, trained }
    const key = this.#keyOf(person)
    const kept = this.lists.find(key)
    if (kept !== undefined) return { trained: undefined, kept }
    if (!this.#isComplete(key, person, trained)) return { trained, kept }
    return { trained, kept, onRanked: (ranking) => this.keep(person, ranking) }
  }

  /** Keeps a ranking that was made just now. */
  keep(person: ListedPerson, ranking: PersonalRanking): void {
    this.lists.keep(this.#keyOf(person), ranking, person.history)
  }

  /** Whether all that there is to say went into a ranking: the model in service spoke of what the person did up to now. */
  #isComplete(key: ListKey, { history }: ListedPerson, trained: Consulted | undefined): boolean {
    if (this.#model === undefined || this.#model.fault !== undefined || history.length === 0) {
      return trained === undefined
    }
    const asked = trained?.key
    return trained?.by === this.#model && asked?.pid === key.pid && asked.events === key.events
  }

  async #ask(
    by: ServedModel,
    history: readonly HistoryEntry[],
    key: ListKey | undefined,
  ): Promise<Consulted | undefined> {
    const opinion = await by.ask(history, this.#waitMs)
    return opinion && { opinion, weight: by.weight, by, key }
  }

  #keyOf({ pid, events }: ListedPerson): ListKey {
    return { pid, events, observed: this.#live.observed }
  }
}
