import type { RowReader, RowWriter } from './rowBytes.ts'

const GROUPS_KEPT = 50
const APART_KEPT = 50
const DROPS_KEPT = 8
const LONGEST_GROUP = 256

/** What ties a person to others, or keeps apart from them. */
export interface Links {
  /** Group ids, least recently named first. */
  readonly groups: readonly string[]
  /** Keys of identifiers that an un-merge forbids. */
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

export function withApart(links: Links, key: string): Links {
  return { ...links, apart: atEnd(links.apart, key, APART_KEPT) }
}

export function withDrop(links: Links, key: string): Links {
  return { ...links, drops: atEnd(links.drops, key, DROPS_KEPT) }
}

export function mergeLinks(survivor: Links, other: Links): Links {
  return {
    groups: join(survivor.groups, other.groups, GROUPS_KEPT),
    apart: join(survivor.apart, other.apart, APART_KEPT),
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
