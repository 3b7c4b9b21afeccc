/** What a kind of error means to the person who meets it; the source of docs/errors.md. */
export interface ErrorKind {
  /** HTTP status with which the server answers it. */
  readonly status: number
  /** One sentence: what happened. */
  readonly meaning: string
  /** One sentence: what to do about it. */
  readonly remedy: string
}

/** A failure that a user or an operator can meet. Its code is stable; its message says what was wrong. */
export class AttuneError extends Error {
  readonly code: string
  readonly status: number
  readonly remedy: string

  constructor(code: string, kind: ErrorKind, detail: string, options?: { cause?: unknown }) {
    super(detail === '' ? kind.meaning : detail, options)
    this.name = 'AttuneError'
    this.code = code
    this.status = kind.status
    this.remedy = kind.remedy
  }
}

/**
 * Declares a domain's errors once; each code becomes a function that makes the error.
 * The detail says what exactly was wrong and what was expected; without it the meaning stands alone.
 */
export function defineErrors<const K extends Readonly<Record<string, ErrorKind>>>(kinds: K) {
  const make = Object.fromEntries(
    Object.entries(kinds).map(([code, kind]) => [
      code,
      (detail = '', options?: { cause?: unknown }) => new AttuneError(code, kind, detail, options),
    ]),
  ) as { readonly [C in keyof K]: (detail?: string, options?: { cause?: unknown }) => AttuneError }
  return { ...make, kinds }
}
