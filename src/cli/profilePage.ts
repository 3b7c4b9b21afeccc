import type { Json, JsonObject } from '../base/index.ts'
import { listIn, objectIn, textIn } from './jsonReading.ts'

const NEWEST_EVENTS = 10
const TOP_KEYS = 5
const MERGES = 5

/** What is known of a person as a page of words: who, what they said of themselves, what they like and did. */
export function profilePage(view: JsonObject): string {
  const features = Object.entries(objectIn(view['features']))
  const parts = [
    [`Person ${textIn(view['pid'])}`, ...identity(view)],
    section('Traits', Object.entries(objectIn(view['traits'])).map(pair)),
    section('Likes', features.filter(([, value]) => hasKeys(value)).map(liking)),
    section('Features', features.filter(([, value]) => !Array.isArray(value)).map(feature)),
    section(`Newest ${NEWEST_EVENTS} events, UTC`, newestEvents(view)),
    section('Bought last', bought(view)),
    section('Merges', listIn(view['merges']).slice(0, MERGES).map(merge)),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(plain).join('\n'))
    .join('\n\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

function identity(view: JsonObject): readonly string[] {
  const identifiers = listIn(view['identifiers']).map((identifier) => {
    const { type, value } = objectIn(identifier)
    return row(textIn(type), textIn(value))
  })
  const groups = listIn(view['groups']).map(textIn)
  const days = `${dateOf(view['createdAt'])} to ${dateOf(view['seenAt'])}`
  return [
    ...identifiers,
    ...(groups.length === 0 ? [] : [row('groups', groups.join(', '))]),
    row('seen', `${days}, ${textIn(view['events'])} events`),
  ]
}

function hasKeys(value: Json): boolean {
  return Array.isArray(value) && value.length > 0
}

/** A list of keys with their weights, the heaviest first. */
function liking([name, value]: readonly [string, Json]): string {
  const keys = listIn(value).slice(0, TOP_KEYS)
  const words = keys.map((entry) => {
    const { key, weight } = objectIn(entry)
    return `${textIn(key)} ${Math.round(Number(weight) * 100)} %`
  })
  return row(name, words.join(', '))
}

function feature([name, value]: readonly [string, Json]): string {
  return row(
    name,
    typeof value === 'number' ? String(Math.round(value * 100) / 100) : textIn(value),
  )
}

function newestEvents(view: JsonObject): readonly string[] {
  return listIn(view['recent'])
    .slice(0, NEWEST_EVENTS)
    .map((event) => {
      const { name, time, item } = objectIn(event)
      const about = item === undefined ? '' : `  ${textIn(item)}`
      return `  ${timeOf(time)}  ${textIn(name)}${about}`
    })
}

function bought(view: JsonObject): readonly string[] {
  const items = listIn(view['bought'])
  if (items.length === 0) return []
  const more = items.length > NEWEST_EVENTS ? ` and ${items.length - NEWEST_EVENTS} more` : ''
  return [`  ${items.slice(0, NEWEST_EVENTS).map(textIn).join(', ')}${more}`]
}

function merge(record: Json): string {
  const { what, time, identifiers } = objectIn(record)
  const who = listIn(identifiers).map((identifier) => {
    const { type, value } = objectIn(identifier)
    return `${textIn(type)} ${textIn(value)}`
  })
  return `  ${timeOf(time)}  ${textIn(what)}  ${who.join(', ')}`
}

function pair([name, value]: readonly [string, Json]): string {
  return row(name, textIn(value))
}

function row(name: string, words: string): string {
  return `  ${name.padEnd(22)}  ${words}`
}

/** Without control characters: events come from anybody, and a terminal obeys some of those. */
function plain(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, ' ')
}

/** Day and minute in UTC. */
function timeOf(time: Json | undefined): string {
  return isoOf(time).slice(0, 16).replace('T', ' ')
}

function dateOf(time: Json | undefined): string {
  return isoOf(time).slice(0, 10)
}

function isoOf(time: Json | undefined): string {
  const date = new Date(Number(time))
  return Number.isNaN(date.getTime()) ? '–' : date.toISOString()
}
