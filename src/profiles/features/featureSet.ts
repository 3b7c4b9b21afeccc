import { fnv1a32 } from '../../base/index.ts'
import { profilesErrors } from '../errors.ts'
import { RowReader, RowWriter } from '../rowBytes.ts'
import type { FeatureDeclaration, FeatureEvent, FeatureState, FeatureValue } from './feature.ts'

/** States of one person, aligned with the set's distinct states. */
export type FeatureStates = unknown[]

/** A compiled list of declarations: each distinct state is kept and written once. */
export class FeatureSet {
  readonly declarations: readonly FeatureDeclaration[]
  readonly #states: readonly FeatureState[]
  readonly #codes: readonly number[]
  readonly #stateOf: ReadonlyMap<string, { declaration: FeatureDeclaration; state: number }>
  readonly #part = new RowWriter()

  /** @throws PROFILES_FEATURE_CLASH when names repeat or two different states share an id. */
  constructor(declarations: readonly FeatureDeclaration[]) {
    this.declarations = declarations
    this.#states = distinctStates(declarations)
    this.#codes = this.#states.map(({ id }) => stateCode(id))
    if (new Set(this.#codes).size < this.#codes.length) {
      throw profilesErrors.PROFILES_FEATURE_CLASH(
        'the ids of two states have the same 16-bit code; rename one',
      )
    }
    this.#stateOf = new Map(
      declarations.map((declaration) => [
        declaration.name,
        { declaration, state: this.#states.indexOf(declaration.state) },
      ]),
    )
    if (this.#stateOf.size < declarations.length) {
      throw profilesErrors.PROFILES_FEATURE_CLASH('two features have the same name')
    }
  }

  empty(): FeatureStates {
    return this.#states.map((state) => state.empty())
  }

  /** Tells every state of an event. @returns whether any changed. */
  write(event: FeatureEvent, states: FeatureStates): boolean {
    let changed = false
    for (let i = 0; i < this.#states.length; i++) {
      if ((this.#states[i] as FeatureState).write(event, states[i])) changed = true
    }
    return changed
  }

  merge(survivor: FeatureStates, other: FeatureStates): FeatureStates {
    return this.#states.map((state, i) => state.merge(survivor[i], other[i]))
  }

  /** @returns undefined when no feature has this name. */
  value(name: string, states: FeatureStates, now: number): FeatureValue | undefined {
    const found = this.#stateOf.get(name)
    return found?.declaration.value(states[found.state], now)
  }

  /** All values by name, in the order of declaration. */
  values(states: FeatureStates, now: number): Record<string, FeatureValue> {
    return Object.fromEntries(
      this.declarations.map(({ name }) => [name, this.value(name, states, now) ?? null]),
    )
  }

  encode(states: FeatureStates, writer: RowWriter): void {
    writer.varint(this.#states.length)
    for (let i = 0; i < this.#states.length; i++) {
      const part = this.#part
      part.reset()
      ;(this.#states[i] as FeatureState).encode(states[i], part)
      writer.varint(this.#codes[i] as number)
      writer.varint(part.length)
      writer.append(part)
    }
  }

  /** States that are no longer declared are dropped, newly declared ones start empty. */
  decode(reader: RowReader): FeatureStates {
    const states: FeatureStates = Array.from({ length: this.#states.length }, () => undefined)
    for (let left = reader.varint(); left > 0; left--) {
      const which = this.#codes.indexOf(reader.varint())
      const length = reader.varint()
      const end = reader.at + length
      if (which >= 0) states[which] = (this.#states[which] as FeatureState).decode(reader)
      reader.at = end
    }
    for (let i = 0; i < states.length; i++) {
      if (states[i] === undefined) states[i] = (this.#states[i] as FeatureState).empty()
    }
    return states
  }
}

/** Ids are stored as 16-bit codes: 5 states cost 10 to 15 bytes a row instead of 40. */
function stateCode(id: string): number {
  return fnv1a32(id) & 0xffff
}

function distinctStates(declarations: readonly FeatureDeclaration[]): FeatureState[] {
  const states = new Map<string, FeatureState>()
  for (const { name, state } of declarations) {
    const known = states.get(state.id)
    if (known !== undefined && known !== state) {
      throw profilesErrors.PROFILES_FEATURE_CLASH(
        `feature ${name} declares another state with id ${state.id}`,
      )
    }
    states.set(state.id, state)
  }
  return [...states.values()]
}
