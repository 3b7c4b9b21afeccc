import type { RowReader, RowWriter } from './rowBytes.ts'

const GROUPS_KEPT = 50
const APART_KEPT = 100
const DROPS_KEPT = 8
const LONGEST_GROUP = 256

/** What ties a person to others, or keeps apart from them. */
export interface Links {
  /** Group ids, least recently named first. */
  readonly groups: readonly string[]
  /** What un-merges forbid, in pairs: a key of this person, and the key it must never be joined with. */
  readonly apart: readonly string[]
  /** Keys of identifiers whose dropping is already in the merge log, newest last. */
  readonly drops: readonly string[]
}

const NO_LINKS: Links = { groups: [], apart: [], drops: [] }

export function emptyLinks(): Links {
  return NO_LINKS
}

export function withGroup(links: Links, group: string): Links {
  if (links.groups.at(-1) === group || group.length > LONGEST_GROUP) return links
  return { ...links, groups: atEnd(links.groups, group.toWellFormed(), GROUPS_KEPT) }
}

/** Forbids that the owner of `mine` is joined with the owner of `theirs`. */
export function withApart(links: Links, mine: string, theirs: string): Links {
  const pairs = apartPairs(links)
  if (pairs.some(([a, b]) => a === mine && b === theirs)) return links
  return { ...links, apart: [...links.apart, mine, theirs].slice(-APART_KEPT) }
}

export function apartPairs({ apart }: Links): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < apart.length; i += 2)
    pairs.push([apart[i] as string, apart[i + 1] as string])
  return pairs
}

export function withDrop(links: Links, key: string): Links {
  return { ...links, drops: atEnd(links.drops, key, DROPS_KEPT) }
}

export function mergeLinks(survivor: Links, other: Links): Links {
  return {
    groups: join(survivor.groups, other.groups, GROUPS_KEPT),
    apart: apartPairs(other).reduce((all, [a, b]) => withApart(all, a, b), survivor).apart,
    drops: join(survivor.drops, other.drops, DROPS_KEPT),
  }
}

function atEnd(list: readonly string[], value: string, keep: number): readonly string[] {
  return [...list.filter((one) => one !== value), value].slice(-keep)
}

function join(mine: readonly string[], theirs: readonly string[], keep: number): readonly string[] {
  return [...theirs.filter((one) => !mine.includes(one)), ...mine].slice(-keep)
}

export function encodeLinks(links: Links, writer: RowWriter): void {
  if (links.groups.length + links.apart.length + links.drops.length === 0) return
  for (const list of [links.groups, links.apart, links.drops]) {
    writer.varint(list.length)
    for (const one of list) writer.text(one)
  }
}

export function decodeLinks(reader: RowReader): Links {
  return { groups: texts(reader), apart: texts(reader), drops: texts(reader) }
}

function texts(reader: RowReader): readonly string[] {
  const list: string[] = []
  for (let left = reader.varint(); left > 0; left--) list.push(reader.text())
  return list
}
