/** A person as `GET /v1/profiles/:id` shows it. */
export interface ProfileView {
  readonly pid: string
  readonly identifiers: readonly { readonly type: string; readonly value: string }[]
  readonly traits?: Readonly<Record<string, unknown>>
  readonly createdAt?: number
  readonly seenAt?: number
  readonly events?: number
  readonly features?: Readonly<Record<string, unknown>>
  readonly topCategories?: readonly TopCategory[]
  readonly history?: readonly HistoryRow[]
}

export interface TopCategory {
  readonly name: string
  readonly weight: number
}

export interface HistoryRow {
  readonly item: string
  readonly action: string
  readonly time: number
  readonly value?: number
}
