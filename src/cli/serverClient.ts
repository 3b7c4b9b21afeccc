import { AttuneError, isJsonObject, type Json } from '../base/index.ts'
import type { RuntimeFile } from '../server/index.ts'
import { cliErrors } from './errors.ts'
import { textIn } from './jsonReading.ts'

/** Asks the server that runs on this machine, with the token that it left for its owner. */
export class ServerClient {
  readonly #runtime: RuntimeFile
  readonly #workspace: string | undefined

  /** @param workspace the one that requests mean; the server's first when not given */
  constructor(runtime: RuntimeFile, workspace?: string) {
    this.#runtime = runtime
    this.#workspace = workspace
  }

  get(path: string): Promise<Json> {
    return this.#ask('GET', path, undefined)
  }

  post(path: string, body: Uint8Array | string): Promise<Json> {
    return this.#ask('POST', path, body)
  }

  delete(path: string): Promise<Json> {
    return this.#ask('DELETE', path, undefined)
  }

  /** @throws the server's own error, or CLI_SERVER_UNREACHABLE */
  async #ask(method: string, path: string, body: Uint8Array | string | undefined): Promise<Json> {
    const { response, text } = await this.#fetch(method, path, body)
    const answer = parse(text)
    if (response.ok && answer !== undefined) return answer
    throw serverError(answer, response.status)
  }

  async #fetch(
    method: string,
    path: string,
    body: Uint8Array | string | undefined,
  ): Promise<{ response: Response; text: string }> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#runtime.adminToken}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (this.#workspace !== undefined) headers['x-attune-workspace'] = this.#workspace
    try {
      const response = await fetch(new URL(path, this.#runtime.url), {
        method,
        headers,
        body: typeof body === 'string' || body === undefined ? (body ?? null) : Buffer.from(body),
        signal: AbortSignal.timeout(60_000),
      })
      return { response, text: await response.text() }
    } catch (error) {
      const where = `${this.#runtime.url} (process ${this.#runtime.pid})`
      throw cliErrors.CLI_SERVER_UNREACHABLE(`no answer from ${where}`, { cause: error })
    }
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function serverError(answer: Json | undefined, status: number): AttuneError {
  const error = isJsonObject(answer) ? answer['error'] : undefined
  if (!isJsonObject(error)) {
    return cliErrors.CLI_SERVER_UNREACHABLE(`the server answered ${status} without a reason`)
  }
  const { code, message, remedy } = error
  const meaning = textIn(message)
  return new AttuneError(textIn(code), { status, meaning, remedy: textIn(remedy) }, meaning)
}
