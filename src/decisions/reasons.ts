import type { Catalog } from '../catalog/index.ts'
import type { Action } from '../events/index.ts'
import type { RelationName } from '../training/index.ts'
import type { Reason } from './decision.ts'
import type { Seed } from './decisionScope.ts'
import type { SourceName } from './placement.ts'

type Names = Pick<Catalog, 'idOf' | 'title'>

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
