import type { CandidateList } from './candidates.ts'
import type { DecidedItem, DecidedPlacement, Reason, ScorePart } from './decision.ts'
import type { DecisionScope } from './decisionScope.ts'
import { explainedByKept } from './explainKept.ts'
import type { FilledSlot } from './fillSlot.ts'
import { PINNED, rounded, shareOf } from './reasons.ts'
import type { Chosen } from './slate.ts'

const MAX_REASONS = 3

/** One source's part in one chosen item. */
interface Part {
  readonly list: CandidateList
  readonly score: number
  /** Filled in when all items of a list are explained together. */
  reasons: readonly Reason[]
}

/** Chosen items of a slot with reasons and, if asked for, the parts of their scores. */
export function explainItems(
  scope: DecisionScope,
  slot: FilledSlot,
  chosen: readonly Chosen[],
): readonly DecidedItem[] {
  const explained = chosen.map((entry) => explainedByKept(scope, slot, entry))
  const left = chosen.filter((_, k) => explained[k] === undefined)
  if (left.length === 0) return explained as readonly DecidedItem[]
  const others = explainByLists(scope, slot, left)
  let next = 0
  return explained.map((item) => item ?? (others[next++] as DecidedItem))
}

function explainByLists(
  scope: DecisionScope,
  slot: FilledSlot,
  chosen: readonly Chosen[],
): readonly DecidedItem[] {
  const parts = chosen.map((entry) => partsOf(entry, slot))
  addReasons(chosen, parts)
  return chosen.map((entry, k) => decided(scope, entry, parts[k] ?? []))
}

function decided(
  scope: DecisionScope,
  { item, score, origin }: Chosen,
  parts: readonly Part[],
): DecidedItem {
  const sum = parts.reduce((total, part) => total + part.score, 0)
  const reasons: Reason[] = []
  for (const part of parts) {
    const share = sum > 0 ? part.score / sum : 1 / parts.length
    for (const reason of part.reasons) reasons.push(scaled(reason, share))
  }
  const shown = origin === 'pinned' ? [PINNED] : merged(reasons)
  const chosen = {
    id: scope.world.catalog.idOf(item),
    score: rounded(score),
    reasons: shown.length > MAX_REASONS ? shown.slice(0, MAX_REASONS) : shown,
  }
  if (!scope.request.withParts) return chosen
  return { ...chosen, parts: scoreParts(score, sum, parts, origin) }
}

/** Reasons about the same item become one, with the words of the strongest; strongest first. */
function merged(reasons: Reason[]): readonly Reason[] {
  if (reasons.length < 2) return reasons
  const found: Reason[] = []
  for (const reason of reasons.sort((a, b) => b.share - a.share)) {
    const at = found.findIndex(({ type, item }) => type === reason.type && item === reason.item)
    const same = found[at]
    if (same === undefined) found.push(reason)
    else found[at] = { ...same, share: shareOf(Math.min(1, same.share + reason.share)) }
  }
  return found.sort((a, b) => b.share - a.share)
}

function scaled(reason: Reason, by: number): Reason {
  const { type, text, item } = reason
  const share = shareOf(reason.share * by)
  return item === undefined ? { type, text, share } : { type, text, item, share }
}

/** Parts with shares that sum to 1; what boosts changed is a part of its own. */
function scoreParts(
  score: number,
  sum: number,
  parts: readonly Part[],
  origin: Chosen['origin'],
): readonly ScorePart[] {
  if (origin === 'pinned') return [{ source: 'pinned', score, share: 1 }]
  const all = parts.map((part) => ({ source: part.list.source as string, score: part.score }))
  if (origin === 'blend' && Math.abs(score - sum) > 1e-9)
    all.push({ source: 'boost', score: score - sum })
  return all
    .map((part) => ({
      source: part.source,
      score: rounded(part.score),
      share: score > 0 ? rounded(part.score / score) : 1 / all.length,
    }))
    .sort((a, b) => b.share - a.share)
}

function partsOf({ item, score, origin, list }: Chosen, slot: FilledSlot): readonly Part[] {
  if (origin === 'pinned') return []
  if (origin !== 'blend') {
    const source = (origin === 'share' ? slot.shared : slot.fallbacks)[list]
    return source === undefined ? [] : [{ list: source, score, reasons: [] }]
  }
  const parts: Part[] = []
  for (const candidates of slot.passes[list] ?? []) {
    const place = candidates.ids.indexOf(item)
    if (place === -1) continue
    const part = candidates.weight * (candidates.scores[place] ?? 0)
    parts.push({ list: candidates, score: part, reasons: [] })
  }
  return parts
}

/** Asks every list once for the reasons of all items that it had a part in. */
function addReasons(chosen: readonly Chosen[], parts: readonly (readonly Part[])[]): void {
  const asked: CandidateList[] = []
  for (const ofItem of parts) {
    for (const { list } of ofItem) {
      if (asked.includes(list)) continue
      asked.push(list)
      explainBy(list, chosen, parts)
    }
  }
}

function explainBy(
  list: CandidateList,
  chosen: readonly Chosen[],
  parts: readonly (readonly Part[])[],
): void {
  const items: number[] = []
  const explained: Part[] = []
  for (let k = 0; k < chosen.length; k++) {
    for (const part of parts[k] as readonly Part[]) {
      if (part.list !== list) continue
      items.push((chosen[k] as Chosen).item)
      explained.push(part)
    }
  }
  const reasons = list.explain(items)
  for (let k = 0; k < explained.length; k++) (explained[k] as Part).reasons = reasons[k] ?? []
}

/** What the list is about, when a source chose one thing and gave items for it. */
export function aboutOf(slot: FilledSlot): DecidedPlacement['about'] {
  const lists = [...slot.shared, ...(slot.passes[0] ?? [])]
  const about = lists.find((list) => list.about !== undefined && list.ids.length > 0)?.about
  return about && { text: about.text, item: about.item ?? '' }
}

/** Which fallback filled in, or what stood in for an unknown item of the context, and why. */
export function fallbackOf(slot: FilledSlot): { used: string; why: string } | null {
  if (slot.used.length === 0) return slot.passes[0]?.find(({ standIn }) => standIn)?.standIn ?? null
  const own = slot.slate.items().filter(({ origin }) => origin !== 'fallback').length
  return { used: slot.used.join(', '), why: whyShort(slot, own) }
}

/** Why the slot has fewer items than asked for; undefined when it is full. */
export function shortOf(slot: FilledSlot): string | undefined {
  const { slate } = slot
  if (slate.full) return undefined
  return `${slate.filled} of ${slate.n} items: ${whyShort(slot, slate.filled)}`
}

function whyShort(slot: FilledSlot, own: number): string {
  const { slate } = slot
  const lists = [...(slot.passes[0] ?? []), ...slot.shared]
  const causes = lists.flatMap(({ source, why }) =>
    why === undefined ? [] : [`${source}: ${why}`],
  )
  const { unavailable, filtered, capped } = slate.refused
  if (slate.filter.missing.length > 0) {
    causes.push(`the filter needs ${slate.filter.missing.join(' and ')}, which is not known`)
  } else if (filtered > 0) {
    causes.push(`${filtered} candidates did not meet the filter`)
  }
  if (capped > 0) causes.push(`${capped} candidates were over a cap`)
  if (unavailable > 0) causes.push(`${unavailable} candidates were not available`)
  if (causes.length > 0) return causes.join('; ')
  return own === 0 ? 'the sources found nothing' : `the sources found ${own} of ${slate.n} items`
}
