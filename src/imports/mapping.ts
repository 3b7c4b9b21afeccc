import { importErrors } from './errors.ts'

/** A field taken from a column, or the same text in every row. */
export type FieldSource = { readonly column: string } | { readonly literal: string }

/** Field of an event or item → where it comes from. `properties.*` and `attributes.*` take the rest. */
export type Mapping = ReadonlyMap<string, FieldSource>

const EVENT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  user: ['user', 'userid', 'customer', 'customerid', 'memberid', 'uid'],
  anonymous: ['anonymous', 'anonymousid', 'session', 'sessionid', 'visitor', 'visitorid'],
  item: ['item', 'itemid', 'product', 'productid', 'sku', 'stockcode', 'movieid', 'contentid'],
  event: ['event', 'eventname', 'eventtype', 'action', 'type'],
  time: ['time', 'timestamp', 'datetime', 'date', 'invoicedate', 'createdat', 'eventtime', 'ts'],
  price: ['price', 'unitprice'],
  quantity: ['quantity', 'qty'],
  order: ['order', 'orderid', 'invoice', 'invoiceno', 'basket', 'basketid', 'transactionid'],
  rating: ['rating', 'stars', 'score'],
  position: [],
  currency: ['currency'],
  country: ['country'],
}

const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'item', 'itemid', 'product', 'productid', 'sku', 'stockcode', 'movieid'],
  title: ['title', 'name', 'productname'],
  description: ['description', 'text'],
  categories: ['categories', 'category', 'genres', 'genre', 'categorypath'],
  brand: ['brand', 'manufacturer'],
  price: ['price', 'unitprice'],
  currency: ['currency'],
  stock: ['stock', 'inventory'],
  image: ['image', 'imageurl'],
  url: ['url', 'link'],
  enabled: ['enabled'],
  publishedAt: ['publishedat', 'published', 'releasedat'],
  availableFrom: ['availablefrom'],
  availableUntil: ['availableuntil'],
}

const POLLUTING = new Set(['__proto__', 'constructor', 'prototype'])

function fieldsOf(as: 'events' | 'items'): Readonly<Record<string, readonly string[]>> {
  return as === 'items' ? ITEM_FIELDS : EVENT_FIELDS
}

/** Splits at commas outside of double quotes. */
function splitPairs(text: string): string[] {
  return text.match(/(?:[^,"]|"[^"]*")+/g) ?? []
}

/**
 * Reads `user=customer,item=sku,event="Product Viewed"`: a field, and the column it comes from or, in double
 * quotes, the text that it has in every row.
 * @throws IMPORTS_WRONG_MAPPING
 */
export function parseMapping(text: string, as: 'events' | 'items' = 'events'): Mapping {
  const mapping = new Map<string, FieldSource>()
  const known = Object.keys(fieldsOf(as))
  const open = as === 'items' ? 'attributes.' : 'properties.'
  for (const pair of splitPairs(text)) {
    const cut = pair.indexOf('=')
    const field = pair.slice(0, cut).trim()
    const source = pair.slice(cut + 1).trim()
    if (cut < 1 || source === '') {
      throw importErrors.IMPORTS_WRONG_MAPPING(`"${pair.trim()}" is not field=column.`)
    }
    const isOpen = field.startsWith(open) && !POLLUTING.has(field.slice(open.length))
    if (!isOpen && !known.includes(field)) {
      throw importErrors.IMPORTS_WRONG_MAPPING(
        `There is no field "${field}"; there are ${known.join(', ')} and ${open}<name>.`,
      )
    }
    if (mapping.has(field)) {
      throw importErrors.IMPORTS_WRONG_MAPPING(`The field "${field}" is mapped twice.`)
    }
    const quoted = /^"(.*)"$/.exec(source)
    mapping.set(field, quoted === null ? { column: source } : { literal: quoted[1] ?? '' })
  }
  return mapping
}

/** Lower case without anything but letters and digits: `Unit Price`, `unit_price` and `unitPrice` agree. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/**
 * Adds what the names of columns say: fields that are not mapped take a column of a usual name that
 * nothing else uses.
 */
function guessed(mapping: Mapping, header: readonly string[], as: 'events' | 'items'): Mapping {
  const full = new Map(mapping)
  const used = new Set([...mapping.values()].flatMap((s) => ('column' in s ? [s.column] : [])))
  for (const [field, names] of Object.entries(fieldsOf(as))) {
    if (full.has(field)) continue
    const column = names
      .map((name) => header.find((candidate) => plain(candidate) === name && !used.has(candidate)))
      .find((found) => found !== undefined)
    if (column === undefined) continue
    full.set(field, { column })
    used.add(column)
  }
  return full
}

/** A mapping bound to the header of a table. */
export interface BoundMapping {
  /** Places in the header by field; -1 where the field is not a column. */
  column(field: string): number
  literal(field: string): string | undefined
  has(field: string): boolean
  /** Columns below `properties.` or `attributes.`: name and place. */
  readonly open: readonly { readonly name: string; readonly column: number }[]
  /** Header names that nothing uses. */
  readonly unused: readonly string[]
  /** `field = column` in words, for people. */
  readonly words: string
  readonly header: readonly string[]
}

/**
 * Finds the columns of a mapping in a header. `guess`: fields that are not mapped take a column of a usual name.
 * @throws IMPORTS_MISSING_COLUMN naming the column and what there is instead
 */
export function bindMapping(
  mapping: Mapping,
  header: readonly string[],
  as: 'events' | 'items',
  file: string,
  guess = true,
): BoundMapping {
  const full = guess ? guessed(mapping, header, as) : mapping
  const prefix = as === 'items' ? 'attributes.' : 'properties.'
  const places = new Map<string, number>()
  for (const [field, source] of full) {
    if ('literal' in source || source.column === '*') continue
    places.set(field, placeIn(header, source.column, field, file))
  }
  const takesRest = as === 'items' || full.has(`${prefix}*`)
  const taken = new Set(places.values())
  const rest = header.flatMap((name, column) => (taken.has(column) ? [] : [{ name, column }]))
  const named = [...places]
    .filter(([field]) => field.startsWith(prefix))
    .map(([field, column]) => ({ name: field.slice(prefix.length), column }))
  const open = [...named, ...(takesRest ? rest : [])].filter(({ name }) => !POLLUTING.has(name))
  const literalOf = (field: string): string | undefined => {
    const source = full.get(field)
    return source !== undefined && 'literal' in source ? source.literal : undefined
  }
  return {
    column: (field) => places.get(field) ?? -1,
    literal: literalOf,
    has: (field) => places.has(field) || literalOf(field) !== undefined,
    open,
    unused: takesRest ? [] : rest.map(({ name }) => name),
    words: [...places].map(([field, place]) => `${field} = ${header[place]}`).join(', '),
    header,
  }
}

function placeIn(header: readonly string[], column: string, field: string, file: string): number {
  const place = header.indexOf(column)
  if (place < 0) {
    throw importErrors.IMPORTS_MISSING_COLUMN(
      `${file} line 1 has no column "${column}" (for ${field}); it has ${header.join(', ')}.`,
    )
  }
  if (header.indexOf(column, place + 1) >= 0) {
    throw importErrors.IMPORTS_MISSING_COLUMN(
      `${file} line 1 has the column "${column}" (for ${field}) twice.`,
    )
  }
  return place
}
