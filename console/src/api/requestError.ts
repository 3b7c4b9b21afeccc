/** A refusal by the server, or no answer at all (`status` 0). */
export class RequestError extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: string

  constructor(status: number, code: string, message: string, remedy = '', options?: ErrorOptions) {
    super(message, options)
    this.name = 'RequestError'
    this.status = status
    this.code = code
    this.remedy = remedy
  }

  /** True when no answer came, or the server asks for patience: asking again is worthwhile. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502
  }
}

/** Reads the server's error body `{ error: { code, message, remedy } }`; anything else becomes a plain refusal. */
export function refusalOf(status: number, body: unknown): RequestError {
  const error = (body as { error?: Record<string, unknown> } | null)?.error
  const text = (name: string): string => (typeof error?.[name] === 'string' ? error[name] : '')
  return new RequestError(
    status,
    text('code') || `HTTP_${status}`,
    text('message') || `The server answered ${status}.`,
    text('remedy'),
  )
}
