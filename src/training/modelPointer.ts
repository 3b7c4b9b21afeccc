import { isJsonObject, type JsonObject } from '../base/index.ts'
import type { StatePut, StateStore } from '../store/index.ts'
import { trainingErrors } from './errors.ts'

const KIND = 'model'
const ID = 'serving'
const KEPT = 20

/** Which version is to be served, and what was before. */
export interface Serving {
  /** null: the live counts alone. */
  readonly version: string | null
  /** When it was promoted, milliseconds; 0 at the beginning. */
  readonly since: number
  /** What was served before, newest first; at most 20. */
  readonly before: readonly (string | null)[]
}

const NOTHING: Serving = { version: null, since: 0, before: [] }

/** A change of what is served, as the log keeps it. */
export interface Promotion {
  readonly version: string | null
  /** What was served when the change was decided on: it holds only if that is still so. */
  readonly expected: string | null
  /** A roll-back takes `version` off the list of what was before, a promotion puts `expected` on it. */
  readonly back: boolean
}

/**
 * The pointer to the version in service. A projection of the log, like everything: promotions are entries of it, applied
 * in their order, so of two that were decided on at once one holds and the other is refused.
 */
export class ModelPointer {
  #serving: Serving
  #changed = false

  private constructor(serving: Serving) {
    this.#serving = serving
  }

  static async open(state: StateStore): Promise<ModelPointer> {
    const row = await state.get(KIND, ID)
    if (row === undefined) return new ModelPointer(NOTHING)
    const stored = JSON.parse(new TextDecoder().decode(row)) as Serving
    return new ModelPointer(stored)
  }

  get serving(): Serving {
    return this.#serving
  }

  /** @throws TRAINING_PROMOTION_RACED, in every replay alike */
  apply({ version, expected, back }: Promotion, at: number): void {
    const { version: current, before } = this.#serving
    if (current !== expected) {
      throw trainingErrors.TRAINING_PROMOTION_RACED(
        `${nameOf(current)} is served now, and not ${nameOf(expected)}.`,
      )
    }
    const earlier = back ? before.slice(1) : [current, ...before].slice(0, KEPT)
    this.#serving = { version, since: at, before: earlier }
    this.#changed = true
  }

  /** Rows since the last call. */
  drain(): StatePut[] {
    if (!this.#changed) return []
    this.#changed = false
    return [{ kind: KIND, id: ID, value: new TextEncoder().encode(JSON.stringify(this.#serving)) }]
  }
}

/** A version in words. */
export function nameOf(version: string | null): string {
  return version ?? 'no model'
}

/** A promotion as a command of the log. */
export function promotionCommand({ version, expected, back }: Promotion): JsonObject {
  return { command: PROMOTE, version, expected, back }
}

export const PROMOTE = 'promote-model'

/** Of a command with the name PROMOTE. */
export function readPromotion(command: unknown): Promotion {
  const { version, expected, back } = isJsonObject(command) ? command : {}
  return {
    version: typeof version === 'string' ? version : null,
    expected: typeof expected === 'string' ? expected : null,
    back: back === true,
  }
}
