import type { SimulatedPerson } from '../api/demo.ts'

/** For whom the page asks and acts. */
export type Visitor =
  | {
      readonly kind: 'person'
      readonly userId: string
      readonly name: string
      readonly about: string
    }
  | { readonly kind: 'anonymous'; readonly anonymousId: string }

/** A key that differs between any two visitors. */
export function visitorKey(visitor: Visitor): string {
  return visitor.kind === 'person' ? `user:${visitor.userId}` : `anonymous:${visitor.anonymousId}`
}

/** The Segment identifiers of the visitor, ready to be spread into a message or a decide request. */
export function visitorIdentity(visitor: Visitor): { userId: string } | { anonymousId: string } {
  return visitor.kind === 'person'
    ? { userId: visitor.userId }
    : { anonymousId: visitor.anonymousId }
}

export function visitorName(visitor: Visitor): string {
  return visitor.kind === 'person' ? visitor.name : 'New visitor'
}

export function simulatedVisitor(person: SimulatedPerson): Visitor {
  return { kind: 'person', userId: person.userId, name: person.name, about: person.about }
}

/** A person of a real workspace, looked up by user id. */
export function lookedUpVisitor(userId: string): Visitor {
  return { kind: 'person', userId, name: userId, about: '' }
}

export function newVisitor(anonymousId: string): Visitor {
  return { kind: 'anonymous', anonymousId }
}

/** Reads what was kept for this tab; anything else than a visitor gives undefined. */
export function parseVisitor(text: string | null): Visitor | undefined {
  try {
    const raw = JSON.parse(text ?? 'null') as Partial<Record<string, unknown>> | null
    const field = (name: string): string => (typeof raw?.[name] === 'string' ? raw[name] : '')
    if (raw?.['kind'] === 'anonymous' && field('anonymousId'))
      return newVisitor(field('anonymousId'))
    if (raw?.['kind'] === 'person' && field('userId')) {
      const userId = field('userId')
      return { kind: 'person', userId, name: field('name') || userId, about: field('about') }
    }
  } catch {
    // Text of an older page or of another hand: start without a visitor.
  }
  return undefined
}
