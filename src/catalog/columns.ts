import type { StatePut, StateStore } from '../store/index.ts'
import { type AttributeColumn, type ColumnKind, kindOf, StoredColumn } from './attributeColumn.ts'
import type { AttributeValue, Item } from './item.ts'
import type { Terms } from './terms.ts'

const KIND = 'item-column'

/** Different names under `attributes` in one workspace. */
export const MAX_ATTRIBUTES = 1000

const FIXED = {
  price: ['number', false],
  stock: ['number', false],
  availableFrom: ['number', false],
  availableUntil: ['number', false],
  publishedAt: ['number', false],
  brand: ['text', true],
  currency: ['text', true],
  categories: ['texts', true],
  enabled: ['boolean', true],
} as const satisfies Record<string, readonly [ColumnKind, boolean]>
type FixedField = keyof typeof FIXED
const FIXED_FIELDS = Object.keys(FIXED) as readonly FixedField[]

/**
 * All columns of the catalogue. Which attributes exist and how wide they are is kept in rows of its own, so that a
 * restart has the same columns even when the item that widened one is gone.
 */
export class Columns {
  readonly #terms: Terms
  readonly #fixed: Readonly<Record<FixedField, StoredColumn>>
  readonly #attributes = new Map<string, StoredColumn>()
  readonly #kept = new Map<string, ColumnKind>()
  #content: readonly AttributeColumn[] = []

  private constructor(terms: Terms) {
    this.#terms = terms
    this.#fixed = Object.fromEntries(
      FIXED_FIELDS.map((field) => [
        field,
        new StoredColumn(FIXED[field][0], terms, FIXED[field][1]),
      ]),
    ) as Record<FixedField, StoredColumn>
  }

  static async open(state: StateStore, terms: Terms): Promise<Columns> {
    const columns = new Columns(terms)
    let after = ''
    for (;;) {
      const rows = await state.scan(KIND, after, MAX_ATTRIBUTES)
      for (const row of rows) {
        const kind = new TextDecoder().decode(row.value) as ColumnKind
        columns.#attributes.set(row.id, new StoredColumn(kind, terms, true))
        columns.#kept.set(row.id, kind)
      }
      const last = rows.at(-1)
      if (last === undefined) return columns
      after = last.id
    }
  }

  /** `price`, `brand`, `categories` … or `attributes.<name>`; undefined when no item ever had it. */
  at(path: string): AttributeColumn | undefined {
    if (path.startsWith('attributes.'))
      return this.#attributes.get(path.slice('attributes.'.length))
    return Object.hasOwn(this.#fixed, path) ? this.#fixed[path as FixedField] : undefined
  }

  /** Brand, categories and all attributes; the same array until there is another attribute. */
  content(): readonly AttributeColumn[] {
    if (this.#content.length !== this.#attributes.size + 2) {
      const { brand, categories } = this.#fixed
      this.#content = [brand, categories, ...this.#attributes.values()]
    }
    return this.#content
  }

  /** Names of the attributes that any item ever had. */
  names(): readonly string[] {
    return [...this.#attributes.keys()]
  }

  fixed(field: FixedField): StoredColumn {
    return this.#fixed[field]
  }

  /** Would this item need more attributes than there may be? */
  hasRoomFor(item: Item): boolean {
    let added = 0
    for (const name in item.attributes) if (!this.#attributes.has(name)) added++
    return this.#attributes.size + added <= MAX_ATTRIBUTES
  }

  /** Writes the values of an item over those of `before`. */
  write(n: number, item: Item, before: boolean, capacity: number): void {
    for (const field of FIXED_FIELDS) this.#fixed[field].set(n, item[field], capacity)
    if (before) this.#clearAttributes(n, item)
    for (const [name, value] of Object.entries(item.attributes ?? {})) {
      this.#attribute(name, value).set(n, value, capacity)
    }
  }

  clear(n: number): void {
    for (const field of FIXED_FIELDS) this.#fixed[field].set(n, undefined, 0)
    for (const column of this.#attributes.values()) column.set(n, undefined, 0)
  }

  /** Rows of attributes that are new or have widened. */
  drain(): StatePut[] {
    const puts: StatePut[] = []
    for (const [name, { kind }] of this.#attributes) {
      if (this.#kept.get(name) === kind) continue
      this.#kept.set(name, kind)
      puts.push({ kind: KIND, id: name, value: new TextEncoder().encode(kind) })
    }
    return puts
  }

  #clearAttributes(n: number, item: Item): void {
    for (const [name, column] of this.#attributes) {
      if (item.attributes === undefined || !Object.hasOwn(item.attributes, name))
        column.set(n, undefined, 0)
    }
  }

  #attribute(name: string, value: AttributeValue): StoredColumn {
    const known = this.#attributes.get(name)
    if (known !== undefined) return known
    const column = new StoredColumn(kindOf(value), this.#terms, true)
    this.#attributes.set(name, column)
    return column
  }
}
