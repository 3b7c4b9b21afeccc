import type { WeightedKey } from '../api/profileView.ts'

/** The features of a profile, parted by how they are shown. */
export interface SortedFeatures {
  /** Rankings of keys, such as the top categories; empty ones are left out. */
  readonly rankings: readonly (readonly [string, readonly WeightedKey[]])[]
  readonly plain: readonly (readonly [string, unknown])[]
}

/** Parts rankings from single values, each in the order of the server. */
export function sortFeatures(features: Readonly<Record<string, unknown>>): SortedFeatures {
  const all = Object.entries(features)
  return {
    rankings: all.flatMap(([name, value]) =>
      isRanking(value) && value.length > 0 ? [[name, value] as const] : [],
    ),
    plain: all.filter(([, value]) => !isRanking(value)),
  }
}

/** True also of an empty list, of which nothing can be shown. */
function isRanking(value: unknown): value is readonly WeightedKey[] {
  return Array.isArray(value) && value.every(isWeightedKey)
}

/** True of an entry of a ranking. */
export function isWeightedKey(value: unknown): value is WeightedKey {
  const { key, weight } = (value ?? {}) as { key?: unknown; weight?: unknown }
  return typeof key === 'string' && typeof weight === 'number'
}
