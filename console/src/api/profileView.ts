/** A person as `GET /v1/profiles/:id` shows it. */
export interface ProfileView {
  readonly pid: string
  readonly identifiers: readonly { readonly type: string; readonly value: string }[]
  readonly traits?: Readonly<Record<string, unknown>>
  readonly createdAt?: number
  readonly seenAt?: number
  readonly events?: number
  readonly features?: Readonly<Record<string, unknown>>
  readonly history?: readonly HistoryRow[]
}

/** One entry of a feature that ranks keys, such as the top categories; the weights of all keys sum to 1. */
export interface WeightedKey {
  readonly key: string
  readonly weight: number
}

export interface HistoryRow {
  readonly item: string
  readonly action: string
  readonly time: number
  readonly value?: number
}
