import { fnv1a32 } from '../../base/index.ts'
import { profilesErrors } from '../errors.ts'
import type { RowReader, RowWriter } from '../rowBytes.ts'
import type {
  AttributeText,
  FeatureDeclaration,
  FeatureEvent,
  FeatureState,
  FeatureValue,
} from './feature.ts'

/** States of one person, aligned with the set's distinct states. */
export type FeatureStates = unknown[]

/** A compiled list of declarations: each distinct state is kept and written once. */
export class FeatureSet {
  readonly declarations: readonly FeatureDeclaration[]
  readonly #states: readonly FeatureState[]
  readonly #codes: readonly number[]
  readonly #lengths: number[] = []
  /** Says in two bytes which states a row holds and in which order. */
  readonly #fingerprint: number
  readonly #byName: ReadonlyMap<string, { declaration: FeatureDeclaration; at: number }>

  /** @throws PROFILES_FEATURE_CLASH when names repeat or two different states share an id. */
  constructor(declarations: readonly FeatureDeclaration[]) {
    this.declarations = declarations
    this.#states = distinctStates(declarations)
    this.#codes = this.#states.map(({ id }) => fnv1a32(id) & 0xffff)
    this.#fingerprint = fnv1a32(this.#codes.join(',')) & 0xffff
    this.#byName = new Map(
      declarations.map((declaration) => [
        declaration.name,
        { declaration, at: this.#states.indexOf(declaration.state) },
      ]),
    )
    if (new Set(this.#codes).size < this.#codes.length) {
      throw profilesErrors.PROFILES_FEATURE_CLASH(
        'two state ids have the same 16-bit code: rename one',
      )
    }
    if (this.#byName.size < declarations.length) {
      throw profilesErrors.PROFILES_FEATURE_CLASH('two features have the same name')
    }
  }

  empty(): FeatureStates {
    return this.#states.map((state) => state.empty())
  }

  /** Tells every state of an event. */
  write(event: FeatureEvent, states: FeatureStates): void {
    for (let i = 0; i < this.#states.length; i++) {
      ;(this.#states[i] as FeatureState).write(event, states[i])
    }
  }

  merge(survivor: FeatureStates, other: FeatureStates): FeatureStates {
    return this.#states.map((state, i) => state.merge(survivor[i], other[i]))
  }

  /** @returns undefined when no feature has this name. */
  value(
    name: string,
    states: FeatureStates,
    now: number,
    textOf: AttributeText,
  ): FeatureValue | undefined {
    const found = this.#byName.get(name)
    return found?.declaration.value(states[found.at], now, textOf)
  }

  /** All values by name, in the order of declaration. */
  values(
    states: FeatureStates,
    now: number,
    textOf: AttributeText,
  ): Readonly<Record<string, FeatureValue>> {
    const entries = this.declarations.map(
      ({ name }) => [name, this.value(name, states, now, textOf) ?? null] as const,
    )
    return Object.fromEntries(entries)
  }

  /** Fingerprint, states, then code and length of each state and the number of states. */
  encode(states: FeatureStates, writer: RowWriter): void {
    const lengths = this.#lengths
    writer.byte(this.#fingerprint & 0xff)
    writer.byte(this.#fingerprint >>> 8)
    for (let i = 0; i < this.#states.length; i++) {
      const from = writer.at
      ;(this.#states[i] as FeatureState).encode(states[i], writer)
      lengths[i] = writer.at - from
    }
    const directory = writer.at
    for (let i = 0; i < this.#states.length; i++) {
      writer.varint(this.#codes[i] as number)
      writer.varint(lengths[i] as number)
    }
    writer.byte(writer.at - directory)
  }

  /** Reads up to the reader's end. States that are no longer declared are dropped, new ones start empty. */
  decode(reader: RowReader): FeatureStates {
    const fingerprint = reader.byte() | (reader.byte() << 8)
    if (fingerprint !== this.#fingerprint) return this.#decodeOther(reader)
    const states: FeatureStates = []
    for (let i = 0; i < this.#states.length; i++) {
      states.push((this.#states[i] as FeatureState).decode(reader))
    }
    return states
  }

  #decodeOther(reader: RowReader): FeatureStates {
    const states = this.empty()
    let from = reader.at
    const { end } = reader
    let directory = end - 1 - (reader.bytes[end - 1] as number)
    while (directory < end - 1) {
      reader.at = directory
      const which = this.#codes.indexOf(reader.varint())
      const length = reader.varint()
      directory = reader.at
      reader.at = from
      if (which >= 0) states[which] = (this.#states[which] as FeatureState).decode(reader)
      from += length
    }
    return states
  }
}

function distinctStates(declarations: readonly FeatureDeclaration[]): FeatureState[] {
  const states = new Map<string, FeatureState>()
  for (const { name, state } of declarations) {
    const known = states.get(state.id)
    if (known !== undefined && known !== state) {
      throw profilesErrors.PROFILES_FEATURE_CLASH(
        `feature ${name} declares another state with the id ${state.id}`,
      )
    }
    states.set(state.id, state)
  }
  return [...states.values()]
}
