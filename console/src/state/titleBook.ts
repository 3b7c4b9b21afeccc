import type { Item } from '../api/item.ts'

/** Fetches items by id; those that the catalogue does not have are left out. */
export type FetchItems = (ids: readonly string[]) => Promise<readonly Item[]>

/** Ids asked for at once; the server takes at most 1,000. */
const AT_ONCE = 200

/**
 * Titles of items by id. Ids that are asked for within one turn are fetched in one request, each only once;
 * an id without a title in the catalogue stays its own title.
 */
export class TitleBook {
  readonly #fetch: FetchItems
  readonly #titles = new Map<string, string>()
  readonly #asked = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #waiting: string[] = []
  #version = 0

  constructor(fetchItems: FetchItems) {
    this.#fetch = fetchItems
  }

  /** Goes up when titles became known. */
  readonly version = (): number => this.#version

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  titleOf(id: string): string {
    return this.#titles.get(id) ?? id
  }

  /** Sees to it that the titles become known; failures leave the ids to be asked for again. */
  want(ids: Iterable<string>): void {
    const before = this.#waiting.length
    for (const id of ids) {
      // A comma would cut the id in two on its way.
      if (this.#asked.has(id) || id.includes(',')) continue
      this.#asked.add(id)
      this.#waiting.push(id)
    }
    if (before === 0 && this.#waiting.length > 0) queueMicrotask(() => void this.#ask())
  }

  async #ask(): Promise<void> {
    const ids = this.#waiting
    this.#waiting = []
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE)
      try {
        for (const { id, title } of await this.#fetch(some)) {
          if (title !== undefined) this.#titles.set(id, title)
        }
      } catch {
        for (const id of some) this.#asked.delete(id)
      }
    }
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}
