import { timingSafeEqual } from 'node:crypto'
import {
  type Demo,
  type Engine,
  type KeyRole,
  matchKey,
  readWorkspace,
  type StoredKey,
  workspaceErrors,
} from '../app/index.ts'
import { sha256Hex } from '../base/index.ts'
import { TokenBucket } from './rateLimit.ts'

/** One workspace that this server serves. */
export interface Tenant {
  readonly engine: Engine
  /** Set for the workspace of the simulated demo. */
  readonly demo?: Demo
}

/** What a request may do, and where. */
export interface Access {
  readonly tenant: Tenant
  readonly role: KeyRole
  readonly bucket: TokenBucket
}

const CACHED = 10_000

/** The workspaces of a server and the keys that open them. */
export class Tenants {
  readonly all: readonly Tenant[]
  readonly #keys = new Map<Tenant, readonly StoredKey[]>()
  readonly #buckets = new Map<string, TokenBucket>()
  /**
   * Header text → access, for headers that were right: hashing a key costs 2 µs, this lookup 0.05.
   * Lookup time depends on V8's seeded hash of the text, not on how much of a key was guessed.
   */
  readonly #seen = new Map<string, Access>()
  readonly #rate: number
  readonly #admin: Buffer
  readonly #session: { tenant: Tenant; hash: Buffer } | undefined

  /**
   * @param rate requests per second and key
   * @param admin token of the machine's own command line; opens every workspace
   * @param session token that the demo's page gets; opens the demo's workspace
   */
  constructor(all: readonly Tenant[], rate: number, admin: string, session: string) {
    this.all = all
    this.#rate = rate
    this.#admin = digest(admin)
    const demo = all.find((tenant) => tenant.demo !== undefined)
    if (demo !== undefined) this.#session = { tenant: demo, hash: digest(session) }
    for (const tenant of all) this.reload(tenant)
  }

  /** Reads a workspace's keys anew after a change; old keys stop working at once. */
  reload(tenant: Tenant): void {
    this.#keys.set(tenant, readWorkspace(tenant.engine.directory).keys)
    this.#seen.clear()
  }

  /**
   * What an Authorization header opens.
   * @param workspace which workspace the admin token means; the only one when not given
   */
  byHeader(header: string | undefined, workspace?: string): Access | undefined {
    if (header === undefined) return undefined
    const seen = this.#seen.get(header)
    if (seen !== undefined) return seen
    const key = keyOfHeader(header)
    if (key === undefined) return undefined
    if (sameDigest(digest(key), this.#admin)) return this.#byAdmin(workspace)
    const access = this.byKey(key)
    if (access !== undefined) {
      if (this.#seen.size >= CACHED) this.#seen.clear()
      this.#seen.set(header, access)
    }
    return access
  }

  byKey(key: string): Access | undefined {
    if (this.#session !== undefined && sameDigest(digest(key), this.#session.hash)) {
      return this.#access(this.#session.tenant, 'secret', 'session')
    }
    let found: Access | undefined
    for (const [tenant, keys] of this.#keys) {
      const match = matchKey(key, keys)
      if (match !== undefined) found = this.#access(tenant, match.role, match.id)
    }
    return found
  }

  #byAdmin(workspace: string | undefined): Access {
    const tenant =
      workspace === undefined
        ? this.all[0]
        : this.all.find(({ engine }) => engine.name === workspace)
    if (tenant === undefined) {
      throw workspaceErrors.APP_WORKSPACE_UNKNOWN(
        `the running server does not serve workspace ${JSON.stringify(workspace)}`,
      )
    }
    return { tenant, role: 'secret', bucket: UNLIMITED }
  }

  #access(tenant: Tenant, role: KeyRole, id: string): Access {
    let bucket = this.#buckets.get(id)
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#rate, 0)
      this.#buckets.set(id, bucket)
    }
    return { tenant, role, bucket }
  }
}

const UNLIMITED = new TokenBucket(0, 0)

function digest(text: string): Buffer {
  return Buffer.from(sha256Hex(text), 'hex')
}

function sameDigest(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b)
}

/** Key in `Basic base64(key)`, `Basic base64(key:)`, `Basic base64(key:anything)` or `Bearer key`. */
export function keyOfHeader(header: string): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(header.slice(0, 1_024).trim()) ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [user = ''] = Buffer.from(value, 'base64').toString('latin1').split(':', 1)
  return user === '' ? undefined : user
}
