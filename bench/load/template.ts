import { type Random, randomInt } from '../../src/base/index.ts'

/** A run of digits inside a request that changes from sending to sending. */
interface Slot {
  readonly offset: number
  readonly width: number
  readonly draw: () => number
}

/** What fills the slots of a text: `{user}`, `{item}`, `{message}` … each with a fixed width. */
export interface Filling {
  readonly width: number
  readonly draw: () => number
}

/** A whole HTTP request of fixed length whose slots are written anew before each sending. */
export class RequestTemplate {
  readonly bytes: Buffer
  readonly #slots: readonly Slot[]

  constructor(head: readonly string[], body: string, fillings: Readonly<Record<string, Filling>>) {
    const { text, slots } = cut(body, fillings)
    const prefix = [...head, `content-length: ${Buffer.byteLength(text)}`, '', ''].join('\r\n')
    const shift = Buffer.byteLength(prefix)
    this.bytes = Buffer.from(prefix + text)
    this.#slots = slots.map((slot) => Object.assign(slot, { offset: slot.offset + shift }))
  }

  /** Writes new digits into every slot. About 20 ns a slot. */
  renew(): void {
    for (const { offset, width, draw } of this.#slots) {
      let rest = draw()
      for (let i = offset + width - 1; i >= offset; i--) {
        this.bytes[i] = 48 + (rest % 10)
        rest = Math.floor(rest / 10)
      }
    }
  }
}

/** Replaces each `{name}` by zeros and remembers where. Texts are ASCII, so that places are bytes. */
function cut(
  body: string,
  fillings: Readonly<Record<string, Filling>>,
): { text: string; slots: Slot[] } {
  const slots: Slot[] = []
  let text = ''
  let from = 0
  for (const match of body.matchAll(/\{([a-z]+)\}/g)) {
    const filling = fillings[match[1] ?? '']
    if (filling === undefined) continue
    text += body.slice(from, match.index)
    slots.push({ offset: text.length, width: filling.width, draw: filling.draw })
    text += '0'.repeat(filling.width)
    from = match.index + match[0].length
  }
  return { text: text + body.slice(from), slots }
}

/** Whole numbers in [0, n) of which small ones come more often, as popular items do: n · u². */
export function skewed(random: Random, n: number): () => number {
  return () => Math.floor(n * random.next() ** 2)
}

export function uniform(random: Random, n: number): () => number {
  return () => randomInt(random, n)
}
