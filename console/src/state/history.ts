import type { HistoryRow } from '../api/profileView.ts'

/** The rows with the newest first, whichever way the server sent them; equal times keep their order. */
export function newestFirst(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  return rows.toSorted((a, b) => b.time - a.time)
}

const WORDS: Readonly<Record<string, string>> = {
  view: 'viewed',
  click: 'clicked',
  cart: 'added',
  uncart: 'removed',
  wish: 'wished for',
  buy: 'bought',
  rate: 'rated',
  skip: 'skipped',
  consume: 'watched',
  impression: 'was shown',
}

/** What the person did, in the past tense: "bought". Unknown actions stay as they are. */
export function pastTense(action: string): string {
  return (Object.hasOwn(WORDS, action) ? WORDS[action] : undefined) ?? action
}
