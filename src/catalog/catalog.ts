import { LRUCache } from 'lru-cache'
import type { StatePut, StateStore } from '../store/index.ts'
import { type AttributeColumn, roomFor, type StoredColumn } from './attributeColumn.ts'
import { Columns } from './columns.ts'
import { catalogErrors } from './errors.ts'
import type { Item } from './item.ts'
import { decodeItemHead, decodeItemRow, encodeItemRow, type ItemRow } from './itemRow.ts'
import { checkItem, type ItemRejection } from './itemSchema.ts'
import { NewestBoard } from './newestBoard.ts'
import { Terms } from './terms.ts'

const KIND = 'item'
const PAGE = 5_000
const CACHED_ITEMS = 4_096

/** The item was described by an upsert. */
const DESCRIBED = 1
/** Removed or not enabled: never available. */
const HIDDEN = 2
/** Has a stock or a window, which `isAvailable` must look at. */
const LIMITED = 4
const REMOVED = 8

/**
 * All items of a workspace under dense numbers 0, 1, 2 … in order of first sight. Numbers are never reused.
 * What filtering and ranking need is in columns in memory; the rest of an item is a JSON row in the state.
 */
export class Catalog {
  readonly #state: StateStore
  readonly #terms: Terms
  readonly #columns: Columns
  // Held apart, since every candidate of every decision asks for them.
  readonly #price: StoredColumn
  readonly #stock: StoredColumn
  readonly #from: StoredColumn
  readonly #until: StoredColumn
  readonly #numbers = new Map<string, number>()
  #ids: string[] = []
  #titles: (string | undefined)[] = []
  readonly #board = new NewestBoard()
  readonly #cache = new LRUCache<number, Item>({ max: CACHED_ITEMS })
  #flags = new Uint8Array(0)
  /** publishedAt, else the first upsert, else 0. */
  #since = new Float64Array(0)
  /** First upsert; NaN for items seen in events alone. */
  #first = new Float64Array(0)
  #described = 0
  /** Rows for the next drain, then rows that a commit is writing: reads look here before the state. */
  #changed = new Map<number, Uint8Array>()
  #unsettled: Map<number, Uint8Array>[] = []

  private constructor(state: StateStore, terms: Terms, columns: Columns) {
    this.#state = state
    this.#terms = terms
    this.#columns = columns
    this.#price = columns.fixed('price')
    this.#stock = columns.fixed('stock')
    this.#from = columns.fixed('availableFrom')
    this.#until = columns.fixed('availableUntil')
  }

  /**
   * Reads the catalogue back. Cost: about 4 µs an item.
   * @throws CATALOG_DAMAGED when numbers are missing or taken twice
   */
  static async open(state: StateStore): Promise<Catalog> {
    const terms = await Terms.open(state)
    const catalog = new Catalog(state, terms, await Columns.open(state, terms))
    await catalog.#load(await state.count(KIND))
    return catalog
  }

  /** Numbers given so far: items described, seen in events alone, and removed. */
  get size(): number {
    return this.#ids.length
  }

  /** Items described by an upsert and not removed. */
  get described(): number {
    return this.#described
  }

  numberOf(id: string): number | undefined {
    return this.#numbers.get(id)
  }

  /** Number of an item, a new one when the id was never seen. */
  intern(id: string): number {
    const known = this.#numbers.get(id)
    if (known !== undefined) return known
    const n = this.#add(id)
    this.#changed.set(n, encodeItemRow({ n }))
    return n
  }

  /** Empty for a number never given. */
  idOf(n: number): string {
    return this.#ids[n] ?? ''
  }

  /** The title, or the id of an item without one. */
  title(n: number): string {
    return this.#titles[n] ?? this.idOf(n)
  }

  /**
   * Adds an item or replaces it whole: fields that are left out are gone afterwards.
   * @param at time of the request, milliseconds; the first one stands in for a missing publishedAt
   */
  upsert(raw: unknown, at: number): { readonly number: number } | ItemRejection {
    const checked = checkItem(raw)
    if ('code' in checked) return checked
    const { item } = checked
    if (!this.#columns.hasRoomFor(item)) {
      const reason = `attributes of item ${JSON.stringify(item.id.slice(0, 64))} would be more than the 1,000 different ones that a workspace may have.`
      return { code: 'CATALOG_TOO_MANY_ATTRIBUTES', reason }
    }
    const n = this.#numbers.get(item.id) ?? this.#add(item.id)
    const first = this.#first[n] ?? Number.NaN
    const since = Number.isNaN(first) ? at : first
    this.#describe(n, item, since)
    this.#changed.set(n, encodeItemRow({ n, at: since, item }))
    this.#cache.delete(n)
    return { number: n }
  }

  /** Hides an item for ever (until it is upserted again); its number stays. @returns false for an unknown id */
  remove(id: string): boolean {
    const n = this.#numbers.get(id)
    if (n === undefined) return false
    this.#forget(n)
    const first = this.#first[n] ?? Number.NaN
    const row: ItemRow = Number.isNaN(first)
      ? { n, removed: true }
      : { n, at: first, removed: true }
    this.#changed.set(n, encodeItemRow(row))
    this.#cache.delete(n)
    return true
  }

  /** Enabled, not removed, within its window and not sold out. Unknown items have no limits. */
  isAvailable(n: number, now: number): boolean {
    const flags = this.#flags[n] ?? HIDDEN
    if ((flags & (HIDDEN | LIMITED)) === 0) return n < this.#ids.length
    if ((flags & HIDDEN) !== 0) return false
    // Comparisons with NaN (no limit) are false.
    return !(
      this.#stock.number(n) <= 0 ||
      this.#from.number(n) > now ||
      this.#until.number(n) <= now
    )
  }

  /** When an item was published or first described, milliseconds; 0 for one seen in events alone. */
  since(n: number): number {
    return this.#since[n] ?? 0
  }

  /** NaN when unknown. */
  price(n: number): number {
    return this.#price.number(n)
  }

  /**
   * A column: `price`, `stock`, `brand`, `currency`, `categories`, `enabled`, `availableFrom`, `availableUntil`,
   * `publishedAt` or `attributes.<name>`. undefined when no item ever had that attribute (one may come later).
   */
  column(path: string): AttributeColumn | undefined {
    return this.#columns.at(path)
  }

  /** Columns that say what items are like: brand, categories and all attributes. The same array until another one is added. */
  contentColumns(): readonly AttributeColumn[] {
    return this.#columns.content()
  }

  /** Names under `attributes` that any item ever had. */
  attributeNames(): readonly string[] {
    return this.#columns.names()
  }

  /** An item with all its fields, only its id when nothing else is known; undefined when removed or never seen. */
  async item(n: number): Promise<Item | undefined> {
    const [item] = await this.items([n])
    return item
  }

  /** The items of these numbers in their order; removed and unknown ones are left out. */
  async items(numbers: readonly number[]): Promise<readonly Item[]> {
    const found = new Map<number, Item>()
    const missing: number[] = []
    for (const n of numbers) {
      if (n < 0 || n >= this.#ids.length || this.#has(n, REMOVED)) continue
      const item = this.#inMemory(n)
      if (item === undefined) missing.push(n)
      else found.set(n, item)
    }
    const rows =
      missing.length === 0
        ? []
        : await this.#state.getMany(
            KIND,
            missing.map((n) => this.idOf(n)),
          )
    rows.forEach((row, i) => {
      const n = missing[i] ?? -1
      if (row !== undefined) found.set(n, this.#remember(n, row))
    })
    return numbers.flatMap((n) => found.get(n) ?? [])
  }

  /** Available items, newest publication first (then the higher number). */
  newest(limit: number, now: number): readonly number[] {
    if (this.#board.isThin) this.#refillBoard()
    const found: number[] = []
    if (limit <= 0) return found
    this.#board.walk((n, time) => {
      if (time <= now && this.isAvailable(n, now)) found.push(n)
      return found.length < limit
    })
    return found.length < limit && this.#board.overflow ? this.#newestOfAll(limit, now) : found
  }

  /**
   * Rows changed since the last call, in order of change. Until `settle`, reads use these rows from memory, since
   * their commit may still be under way.
   */
  drain(): StatePut[] {
    const puts = [...this.#terms.drain(), ...this.#columns.drain()]
    for (const [n, value] of this.#changed) puts.push({ kind: KIND, id: this.idOf(n), value })
    if (this.#changed.size > 0) this.#unsettled.push(this.#changed)
    this.#changed = new Map()
    return puts
  }

  /** The rows of all drains so far are in the state. */
  settle(): void {
    this.#unsettled = []
  }

  async #load(count: number): Promise<void> {
    this.#makeRoom(count)
    // Filled beforehand: rows come in the order of ids, and an array with gaps would become a hash table.
    this.#ids = Array.from({ length: count }, () => '')
    this.#titles = Array.from({ length: count }, () => undefined)
    let after = ''
    for (;;) {
      const rows = await this.#state.scan(KIND, after, PAGE)
      for (const { id, value } of rows) this.#restore(id, decodeItemHead(value))
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.id
    }
    if (this.#numbers.size !== count) {
      throw catalogErrors.CATALOG_DAMAGED(
        `${count} items were expected in the state, ${this.#numbers.size} were found.`,
      )
    }
    this.#refillBoard()
  }

  #restore(id: string, row: ItemRow): void {
    const { n, at, item } = row
    if (this.#ids[n] !== '') {
      throw catalogErrors.CATALOG_DAMAGED(`Number ${n} of an item is taken twice or out of range.`)
    }
    this.#ids[n] = id
    this.#numbers.set(id, n)
    if (item !== undefined) this.#describe(n, item, at ?? Number.NaN, false)
    else if (at !== undefined) this.#first[n] = at
    if (row.removed === true) this.#flags[n] = HIDDEN | REMOVED
  }

  #add(id: string): number {
    const n = this.#ids.length
    this.#makeRoom(n + 1)
    this.#ids.push(id)
    this.#titles.push(undefined)
    this.#numbers.set(id, n)
    this.#board.place(n, 0)
    return n
  }

  #describe(n: number, item: Item, first: number, onBoard = true): void {
    const before = this.#has(n, DESCRIBED)
    if (!before) this.#described++
    if (onBoard) this.#board.remove(n, this.#since[n] ?? 0)
    this.#first[n] = first
    this.#since[n] = item.publishedAt ?? first
    if (onBoard) this.#board.place(n, this.#since[n] ?? 0)
    this.#columns.write(n, item, before, this.#flags.length)
    this.#titles[n] = item.title
    this.#flags[n] = flagsOf(item)
  }

  #forget(n: number): void {
    if (this.#has(n, DESCRIBED)) this.#described--
    if (!this.#has(n, REMOVED)) this.#board.remove(n, this.#since[n] ?? 0)
    this.#columns.clear(n)
    this.#titles[n] = undefined
    this.#flags[n] = HIDDEN | REMOVED
  }

  #has(n: number, flag: number): boolean {
    return ((this.#flags[n] ?? 0) & flag) !== 0
  }

  #inMemory(n: number): Item | undefined {
    if (!this.#has(n, DESCRIBED)) return { id: this.idOf(n) }
    const cached = this.#cache.get(n)
    if (cached !== undefined) return cached
    const row = this.#changed.get(n) ?? this.#unsettled.findLast((rows) => rows.has(n))?.get(n)
    return row === undefined ? undefined : this.#remember(n, row)
  }

  #remember(n: number, row: Uint8Array): Item {
    const item = decodeItemRow(row).item ?? { id: this.idOf(n) }
    this.#cache.set(n, item)
    return item
  }

  #makeRoom(size: number): void {
    if (size <= this.#flags.length) return
    const capacity = Math.max(1024, size, this.#flags.length * 2)
    this.#flags = roomFor(this.#flags, size - 1, capacity, 0)
    this.#since = roomFor(this.#since, size - 1, capacity, 0)
    this.#first = roomFor(this.#first, size - 1, capacity, Number.NaN)
  }

  /** From the highest number down: numbers mostly follow time, so most items are turned away by one comparison. */
  #refillBoard(): void {
    this.#board.clear()
    for (let n = this.#ids.length - 1; n >= 0; n--) {
      if (!this.#has(n, REMOVED)) this.#board.place(n, this.#since[n] ?? 0)
    }
  }

  /** For the rare case that nearly all of the newest 2,048 are unavailable; about 10 ns an item. */
  #newestOfAll(limit: number, now: number): readonly number[] {
    const found = new NewestBoard()
    for (let n = this.#ids.length - 1; n >= 0; n--) {
      const since = this.#since[n] ?? 0
      if (since <= now && this.isAvailable(n, now)) found.place(n, since)
    }
    const numbers: number[] = []
    found.walk((n) => numbers.push(n) < limit)
    return numbers
  }
}

function flagsOf(item: Item): number {
  const limited =
    item.stock !== undefined ||
    item.availableFrom !== undefined ||
    item.availableUntil !== undefined
  return DESCRIBED | (item.enabled === false ? HIDDEN : 0) | (limited ? LIMITED : 0)
}
