import type { Action } from '../../events/index.ts'
import type { FeatureState, WeightedKey } from './feature.ts'

/** Weight of one key as it was at `time`. */
interface DecayingWeight {
  readonly key: string
  weight: number
  time: number
}

export type DecayingWeights = DecayingWeight[]

export interface DecayedTopState extends FeatureState<DecayingWeights> {
  /** The heaviest `n` keys at `now`, weights normalised to sum 1 over all kept keys. */
  top(state: DecayingWeights, n: number, now: number): readonly WeightedKey[]
}

export interface DecayedTopOptions {
  /** Attribute of the items, e.g. 'brand'. */
  readonly path: string
  /** Weight that an action adds; absent: 0. */
  readonly weights: Readonly<Partial<Record<Action, number>>>
  /** Milliseconds in which a weight halves. */
  readonly halfLife: number
  /** Keys kept; beyond it the lightest is forgotten. */
  readonly keep: number
}

/**
 * Weights of an attribute's values with exponential decay: an action of weight w at time t is worth
 * w · 2^(−(now − t) / halfLife). A late event adds its already decayed weight.
 */
export function decayedTop(id: string, options: DecayedTopOptions): DecayedTopState {
  const { halfLife, keep, path, weights } = options
  const at = (entry: DecayingWeight, now: number): number =>
    entry.weight * 2 ** ((entry.time - now) / halfLife)
  return {
    id,
    empty: () => [],
    write(event, state) {
      let changed = false
      for (const interaction of event.interactions) {
        const weight = weights[interaction.action] ?? 0
        if (weight === 0) continue
        const key = event.attribute(interaction.number, path)
        if (key === undefined) continue
        addWeight(state, key, weight, event.time, halfLife)
        if (state.length > keep) dropLightest(state, at)
        changed = true
      }
      return changed
    },
    merge(survivor, other) {
      for (const { key, weight, time } of other) {
        addWeight(survivor, key, weight, time, halfLife)
        if (survivor.length > keep) dropLightest(survivor, at)
      }
      return survivor
    },
    encode(state, writer) {
      writer.varint(state.length)
      for (const { key, weight, time } of state) {
        writer.text(key)
        writer.float32(weight)
        writer.signed(time)
      }
    },
    decode(reader) {
      const state: DecayingWeights = []
      for (let left = reader.varint(); left > 0; left--) {
        state.push({ key: reader.text(), weight: reader.float32(), time: reader.signed() })
      }
      return state
    },
    top(state, n, now) {
      const list = state.map((entry) => ({ key: entry.key, weight: at(entry, now) }))
      const total = list.reduce((sum, { weight }) => sum + weight, 0)
      list.sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))
      if (total === 0) return []
      return list.slice(0, n).map(({ key, weight }) => ({ key, weight: weight / total }))
    },
  }
}

/** Weights are kept as 32-bit floats from the start, so that memory and disk agree to the bit. */
function addWeight(
  state: DecayingWeights,
  key: string,
  weight: number,
  time: number,
  halfLife: number,
): void {
  for (const entry of state) {
    if (entry.key !== key) continue
    const factor = 2 ** (-Math.abs(time - entry.time) / halfLife)
    if (time >= entry.time) {
      entry.weight = Math.fround(entry.weight * factor + weight)
      entry.time = time
    } else {
      entry.weight = Math.fround(entry.weight + weight * factor)
    }
    return
  }
  state.push({ key, weight: Math.fround(weight), time })
}

function dropLightest(
  state: DecayingWeights,
  at: (entry: DecayingWeight, now: number) => number,
): void {
  const now = state.reduce((newest, { time }) => Math.max(newest, time), Number.NEGATIVE_INFINITY)
  let lightest = 0
  for (let i = 1; i < state.length; i++) {
    const one = at(state[i] as DecayingWeight, now)
    if (one < at(state[lightest] as DecayingWeight, now)) lightest = i
  }
  state.splice(lightest, 1)
}
