/** What became of an event. */
export type Fate = 'applied' | 'duplicate' | 'rejected' | 'refused'

/** One row of `GET /v1/events/recent`. */
export interface LiveEvent {
  readonly seq: number
  readonly receivedAt: number
  readonly type: string
  readonly name: string
  readonly person?: string
  readonly item?: string
  readonly fate: Fate
  readonly code?: string
  /** The decision that showed the item before the person acted on it. */
  readonly decisionId?: string
  readonly placement?: string
  readonly position?: number
}

export interface RecentEvents {
  readonly events: readonly LiveEvent[]
  /** Highest sequence number so far; ask for what comes after it next time. */
  readonly last: number
}
