import type { Catalog } from '../catalog/index.ts'
import type { Action } from '../events/index.ts'
import type { RelationName } from '../training/index.ts'
import type { Reason } from './decision.ts'
import type { Seed } from './decisionScope.ts'
import type { Interest } from './interests.ts'
import type { SourceName } from './placement.ts'

type Names = Pick<Catalog, 'idOf' | 'title'>

/** As many digits of scores as an answer tells. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

/** The share of a reason: nobody reads more digits, and to write six takes 2 µs more of a decision. */
export function shareOf(value: number): number {
  return Math.round(value * 1e3) / 1e3
}

const DID: Partial<Record<Action, { readonly type: string; readonly verb: string }>> = {
  view: { type: 'viewed', verb: 'viewed' },
  click: { type: 'viewed', verb: 'viewed' },
  buy: { type: 'bought', verb: 'bought' },
  rate: { type: 'rated', verb: 'rated' },
  consume: { type: 'consumed', verb: 'played' },
  wish: { type: 'wished', verb: 'saved' },
}

/** "because you viewed X": the person's own history. */
export function historyReason(names: Names, item: number, action: Action, share: number): Reason {
  const title = names.title(item)
  const did = DID[action]
  const text =
    did === undefined
      ? `because you put ${title} into your cart`
      : `because you ${did.verb} ${title}`
  return { type: did?.type ?? 'cart', text, item: names.idOf(item), share }
}

/** "Because you viewed X": the heading of a list about one item. */
export function becauseReason(names: Names, item: number, action: Seed['kind']): Reason {
  const kind = action === 'item' || action === 'cart' ? 'cart' : action
  const { text, ...reason } = historyReason(names, item, kind, 1)
  return { ...reason, text: `B${text.slice(1)}` }
}

/** "like X, which you bought": by what is written of both. */
export function alikeReason(names: Names, seed: Seed, share: number): Reason {
  const title = names.title(seed.item)
  const item = names.idOf(seed.item)
  if (seed.kind === 'item') return { type: 'similar', text: `similar to ${title}`, item, share }
  if (seed.kind === 'cart')
    return { type: 'similar', text: `like ${title} in your cart`, item, share }
  return { type: 'similar', text: `like ${title}, ${whichYou(seed.kind)}`, item, share }
}

/** "new, and like X, which you bought": a new item that is like one of the person's. */
export function arrivalReason(names: Names, like: Interest): Reason {
  const text = `new, and like ${names.title(like.item)}, ${whichYou(like.action)}`
  return { type: 'new', text, item: names.idOf(like.item), share: 1 }
}

/** A reason of "for you" for an item that is none of the usual ones. */
export function discoveryReason(reason: Reason): Reason {
  return { ...reason, type: 'discovery', text: `something new, ${reason.text}` }
}

/** "you bought it 3 times": an item that comes again. */
export function againReason(times: number, share: number): Reason {
  const often = times === 1 ? 'before' : `${times} times`
  return { type: 'again', text: `you bought it ${often}`, share }
}

/** "you viewed it lately": an item that the person looked at and did not buy. */
export function latelyReason(action: Action, share: number): Reason {
  const verb = DID[action]?.verb
  const text = verb === undefined ? 'you put it into your cart' : `you ${verb} it lately`
  return { type: 'recent', text, share }
}

function whichYou(action: Action): string {
  const verb = DID[action]?.verb
  return verb === undefined ? 'which you put into your cart' : `which you ${verb}`
}

const RELATED: Readonly<Record<RelationName, string>> = {
  alsoViewed: 'often viewed together with',
  next: 'often viewed next after',
  boughtTogether: 'often bought together with',
  leadsToBuy: 'often bought after',
}

/** Why an item that is related to the page's item, the cart, or the last item of the history is shown. */
export function seedReason(
  names: Names,
  relation: RelationName,
  seed: Seed,
  share: number,
): Reason {
  if (seed.kind !== 'item' && seed.kind !== 'cart') {
    return historyReason(names, seed.item, seed.kind, share)
  }
  const title = names.title(seed.item)
  const item = names.idOf(seed.item)
  if (seed.kind === 'cart')
    return { type: 'cart', text: `goes with ${title} in your cart`, item, share }
  return { type: 'context', text: `${RELATED[relation]} ${title}`, item, share }
}

const PLAIN: Partial<Record<SourceName, Reason>> = {
  trending: { type: 'trending', text: 'trending now', share: 1 },
  popular: { type: 'popular', text: 'popular', share: 1 },
  newest: { type: 'new', text: 'new', share: 1 },
  recentlyViewed: { type: 'recent', text: 'you viewed it lately', share: 1 },
  buyAgain: { type: 'again', text: 'you bought it before', share: 1 },
  list: { type: 'listed', text: 'chosen by an editor', share: 1 },
}

/** The one reason of a source that does not look at other items. */
export function plainReason(source: SourceName): Reason {
  return PLAIN[source] ?? { type: source, text: source, share: 1 }
}

/** A trained model's opinion that is no one item's doing. */
export function tasteReason(share: number): Reason {
  return { type: 'taste', text: 'liked by people with a taste like yours', share }
}

export const PINNED: Reason = { type: 'pinned', text: 'placed here by an editor', share: 1 }
