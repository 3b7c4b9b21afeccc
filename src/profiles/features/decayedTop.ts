import type { Action } from '../../events/index.ts'
import type { AttributeText, FeatureState, WeightedKey } from './feature.ts'

/**
 * Weights with forward decay (Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009): every weight is kept
 * as it counts at one landmark, w · 2^((t − landmark) / halfLife), so that nothing has to be decayed
 * when time passes. The landmark is a whole number of half-lives, so moving it scales by exact powers of 2.
 */
export interface DecayedWeights {
  /** Half-lives since 1970. */
  landmark: number
  /** Codes of attribute values, and their weights as 32-bit floats. */
  readonly keys: number[]
  readonly weights: number[]
}

export interface DecayedTopState extends FeatureState<DecayedWeights> {
  /** The heaviest `n` keys; weights are shares of all kept keys, which time alone does not change. */
  top(state: DecayedWeights, n: number, textOf: AttributeText): readonly WeightedKey[]
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

/** Beyond this many half-lives the landmark moves: 32-bit floats end at 2^127. */
const LANDMARK_REACH = 32

/** Interest in an attribute's values: an action of weight w at time t is worth w · 2^(−(now − t) / halfLife). */
export function decayedTop(id: string, options: DecayedTopOptions): DecayedTopState {
  const { halfLife, keep, path } = options
  const actionWeights = new Map(Object.entries(options.weights))
  return {
    id,
    empty: () => ({ landmark: 0, keys: [], weights: [] }),
    write(event, state) {
      for (const { action, number } of event.interactions) {
        const weight = actionWeights.get(action)
        if (weight === undefined) continue
        const key = event.attributeCode(number, path)
        if (key < 0) continue
        const age = event.time / halfLife
        if (state.keys.length === 0) state.landmark = Math.floor(age)
        else if (age - state.landmark > LANDMARK_REACH) moveLandmark(state, Math.floor(age))
        add(state, key, weight * 2 ** (age - state.landmark), keep)
      }
    },
    merge(survivor, other) {
      if (other.keys.length === 0) return survivor
      if (survivor.keys.length === 0) return other
      const landmark = Math.max(survivor.landmark, other.landmark)
      moveLandmark(survivor, landmark)
      moveLandmark(other, landmark)
      other.keys.forEach((key, i) => add(survivor, key, other.weights[i] as number, keep))
      return survivor
    },
    encode({ landmark, keys, weights }, writer) {
      writer.varint(keys.length)
      if (keys.length === 0) return
      writer.signed(landmark)
      for (let i = 0; i < keys.length; i++) {
        writer.varint(keys[i] as number)
        writer.float32(weights[i] as number)
      }
    },
    decode(reader) {
      const keys: number[] = []
      const weights: number[] = []
      const count = reader.varint()
      const landmark = count === 0 ? 0 : reader.signed()
      for (let i = 0; i < count; i++) {
        keys.push(reader.varint())
        weights.push(reader.float32())
      }
      return { landmark, keys, weights }
    },
    top({ keys, weights }, n, textOf) {
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      if (total === 0) return []
      return keys
        .map((key, i) => ({ key: textOf(path, key), weight: (weights[i] as number) / total }))
        .sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))
        .slice(0, n)
    },
  }
}

/** Weights are 32-bit floats from the start, so that memory and disk agree to the bit. */
function add({ keys, weights }: DecayedWeights, key: number, weight: number, keep: number): void {
  const known = keys.indexOf(key)
  if (known >= 0) {
    weights[known] = Math.fround((weights[known] as number) + weight)
    return
  }
  keys.push(key)
  weights.push(Math.fround(weight))
  if (keys.length <= keep) return
  let lightest = 0
  for (let i = 1; i < keys.length; i++) {
    if ((weights[i] as number) < (weights[lightest] as number)) lightest = i
  }
  keys.splice(lightest, 1)
  weights.splice(lightest, 1)
}

function moveLandmark(state: DecayedWeights, landmark: number): void {
  const factor = 2 ** (state.landmark - landmark)
  for (let i = 0; i < state.weights.length; i++) {
    state.weights[i] = Math.fround((state.weights[i] as number) * factor)
  }
  state.landmark = landmark
}
