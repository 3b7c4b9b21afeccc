import type { Action } from '../../events/index.ts'

/** Why an item stands where it does: one of the person's own items, or -1: what the model knows of the whole person. */
export interface Cause {
  readonly item: number
  /** The strongest thing that the person did with it. */
  readonly action: Action
  /** Part of the score, 0 to 1. */
  readonly share: number
}

/** Best first. */
export interface RankedItems {
  readonly ids: Int32Array
  readonly scores: Float64Array
}

/** A person's leading items as they were ranked. Valid until the next call of the lists. */
export interface KeptList {
  readonly count: number
  /** There were more items than are kept. */
  readonly more: boolean
  /** Distinct items of the history that the ranking was made from. */
  readonly sources: number
  readonly liveFactor: number
  itemAt(place: number): number
  scoreAt(place: number): number
  /** 0 for an item that is not kept. */
  scoreOf(item: number): number
  /** Undefined: not kept for this item. */
  causesOf(item: number): readonly Cause[] | undefined
  /** Where the causes of an item are kept; below 0: they are not. */
  explainedPlace(item: number): number
  /** Item of the k-th cause, from 0 to NAMED - 1, at such a place; -1: what the model knows of the whole person. */
  causeAt(place: number, k: number): number
  /** What the person did with it, by its place in ACTIONS. */
  actionAt(place: number, k: number): number
  /** Part of the score, 0 to 1; 0: there is no k-th cause. */
  shareAt(place: number, k: number): number
}
