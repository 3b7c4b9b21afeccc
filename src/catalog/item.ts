/** Attribute values: numbers, texts, truth values, or lists of texts. */
export type AttributeValue = number | string | boolean | readonly string[]

/** One thing that can be recommended. Only `id` is certain: an item seen in events alone has nothing else. */
export interface Item {
  readonly id: string
  readonly title?: string
  readonly description?: string
  /** Path from the broadest to the narrowest category. */
  readonly categories?: readonly string[]
  readonly brand?: string
  /** Money, >= 0, finite. */
  readonly price?: number
  /** ISO 4217. */
  readonly currency?: string
  /** Units left; 0 means sold out; absent means unlimited or unknown. */
  readonly stock?: number
  /** Offered from / until, milliseconds; absent means no limit. */
  readonly availableFrom?: number
  readonly availableUntil?: number
  /** false hides the item everywhere. */
  readonly enabled?: boolean
  readonly image?: string
  readonly url?: string
  /** First publication, milliseconds; the "newest" source sorts by it. */
  readonly publishedAt?: number
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}
