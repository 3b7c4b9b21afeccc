/** What the console reads of a catalogue item. Only `id` is certain. */
export interface Item {
  readonly id: string
  readonly title?: string
  readonly description?: string
  readonly categories?: readonly string[]
  readonly brand?: string
  readonly price?: number
  readonly currency?: string
  readonly stock?: number
  readonly image?: string
}
