import type { Questions } from '../../evaluate/questions.ts'
import type { Histories } from '../histories.ts'

/** An event of a person: its place among all events. */
export interface AskedPlace {
  readonly person: number
  readonly place: number
}

/** Asks for single events with what the person did before: one right item a question, what was had before is masked. */
export function questionsAt(histories: Histories, asked: readonly AskedPlace[]): Questions {
  const { start, item, time } = histories
  return {
    count: asked.length,
    events: histories,
    from: Uint32Array.from(asked, ({ person }) => start[person] as number),
    to: Uint32Array.from(asked, ({ place }) => place),
    relevant: {
      start: Uint32Array.from({ length: asked.length + 1 }, (_, q) => q),
      item: Int32Array.from(asked, ({ place }) => item[place] as number),
    },
    one: true,
    candidates: histories.items,
    masked: true,
    who: Int32Array.from(asked, ({ person }) => person),
    ...(time && { now: Float64Array.from(asked, ({ place }) => time[place] as number) }),
  }
}
