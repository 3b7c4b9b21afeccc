import type { HistoryRow } from '../api/profileView.ts'

/** What the person did, newest first, whichever way the server sent it; what was merely shown is left out. */
export function deeds(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  return rows.filter(({ action }) => action !== 'impression').toSorted((a, b) => b.time - a.time)
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
}

/** What the person did, in the past tense: "bought". Unknown actions stay as they are. */
export function pastTense(action: string): string {
  return (Object.hasOwn(WORDS, action) ? WORDS[action] : undefined) ?? action
}
