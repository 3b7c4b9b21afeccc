import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, sha256Hex } from '../base/index.ts'
import { workspaceErrors } from './errors.ts'
import { writeFileAtomic } from './files.ts'

/** write: send events, may stand in a page. secret: everything. */
export type KeyRole = 'write' | 'secret'

/** One key as it is stored: never the key itself. */
export interface StoredKey {
  /** Short public name of the key, for lists and revocation. */
  readonly id: string
  readonly role: KeyRole
  /**
   * SHA-256 of the key. A plain hash is enough: a key holds 192 random bits, so that there is
   * nothing for a slow password hash to protect.
   */
  readonly hash: string
  readonly createdAt: number
}

/** What `workspace.json` holds. */
export interface WorkspaceDocument {
  readonly name: string
  readonly createdAt: number
  /** Secret that person ids are derived with; 64 hex digits. */
  readonly salt: string
  readonly keys: readonly StoredKey[]
}

/** A key at the moment of its creation, the only one at which it can be shown. */
export interface FreshKey {
  readonly id: string
  readonly role: KeyRole
  readonly key: string
}

const FILE = 'workspace.json'
const PREFIX = { write: 'wk_', secret: 'sk_' } as const

/** Directory of a workspace inside the data directory. @throws APP_WORKSPACE_NAME */
export function workspaceDirectory(data: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    throw workspaceErrors.APP_WORKSPACE_NAME(`${JSON.stringify(name)} is not a workspace name`)
  }
  return join(data, 'workspaces', name)
}

/** Names of the workspaces in a data directory, sorted. */
export function listWorkspaces(data: string): readonly string[] {
  const root = join(data, 'workspaces')
  if (!existsSync(root)) return []
  const names = readdirSync(root).filter((name) => existsSync(join(root, name, FILE)))
  return names.sort()
}

export interface CreatedWorkspace {
  readonly directory: string
  readonly document: WorkspaceDocument
  readonly writeKey: string
  readonly secretKey: string
}

/**
 * Makes a workspace with one key of each role.
 * @throws APP_WORKSPACE_EXISTS, APP_WORKSPACE_NAME
 */
export function createWorkspace(data: string, name: string, now: number): CreatedWorkspace {
  const directory = workspaceDirectory(data, name)
  if (existsSync(join(directory, FILE))) {
    throw workspaceErrors.APP_WORKSPACE_EXISTS(`workspace ${name} exists`)
  }
  const write = freshKey('write')
  const secret = freshKey('secret')
  const document: WorkspaceDocument = {
    name,
    createdAt: now,
    salt: randomBytes(32).toString('hex'),
    keys: [stored(write, now), stored(secret, now)],
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeDocument(directory, document)
  return { directory, document, writeKey: write.key, secretKey: secret.key }
}

/** Reads `workspace.json`. @throws APP_WORKSPACE_UNKNOWN, APP_WORKSPACE_DAMAGED */
export function readWorkspace(directory: string): WorkspaceDocument {
  let text: string
  try {
    text = readFileSync(join(directory, FILE), 'utf8')
  } catch (error) {
    throw workspaceErrors.APP_WORKSPACE_UNKNOWN(`${directory} holds no workspace`, { cause: error })
  }
  const document = parseDocument(text)
  if (document === undefined) {
    throw workspaceErrors.APP_WORKSPACE_DAMAGED(`${join(directory, FILE)} is damaged`)
  }
  return document
}

/** The keys of a workspace, without anything secret. */
export function listKeys(directory: string): readonly Omit<StoredKey, 'hash'>[] {
  return readWorkspace(directory).keys.map(({ id, role, createdAt }) => ({ id, role, createdAt }))
}

/** Adds a key; the older ones go on working. */
export function createKey(directory: string, role: KeyRole, now: number): FreshKey {
  const document = readWorkspace(directory)
  const fresh = freshKey(role)
  writeDocument(directory, { ...document, keys: [...document.keys, stored(fresh, now)] })
  return fresh
}

/** Replaces all keys of a role by one new key; the old ones stop working. */
export function rotateKey(directory: string, role: KeyRole, now: number): FreshKey {
  const document = readWorkspace(directory)
  const fresh = freshKey(role)
  const kept = document.keys.filter((key) => key.role !== role)
  writeDocument(directory, { ...document, keys: [...kept, stored(fresh, now)] })
  return fresh
}

/** Removes one key. @throws APP_KEY_UNKNOWN */
export function revokeKey(directory: string, id: string): void {
  const document = readWorkspace(directory)
  const kept = document.keys.filter((key) => key.id !== id)
  if (kept.length === document.keys.length) {
    throw workspaceErrors.APP_KEY_UNKNOWN(`no key has the id ${JSON.stringify(id)}`)
  }
  writeDocument(directory, { ...document, keys: kept })
}

/**
 * The stored key that `given` is, if any. Every stored hash is compared in constant time, whatever the
 * earlier ones gave, so that the answer's time tells nothing about the keys.
 */
export function matchKey(given: string, keys: readonly StoredKey[]): StoredKey | undefined {
  const hash = Buffer.from(sha256Hex(given), 'hex')
  let found: StoredKey | undefined
  for (const key of keys) {
    if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))) found = key
  }
  return found
}

function freshKey(role: KeyRole): FreshKey {
  const key = PREFIX[role] + randomBytes(24).toString('base64url')
  return { id: randomBytes(6).toString('hex'), role, key }
}

function stored({ id, role, key }: FreshKey, createdAt: number): StoredKey {
  return { id, role, hash: sha256Hex(key), createdAt }
}

function parseDocument(text: string): WorkspaceDocument | undefined {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(raw) || !Array.isArray(raw['keys'])) return undefined
  const { name, createdAt, salt } = raw
  if (typeof name !== 'string' || typeof createdAt !== 'number') return undefined
  if (typeof salt !== 'string' || !/^[0-9a-f]{64}$/.test(salt)) return undefined
  if (!raw['keys'].every(isStoredKey)) return undefined
  return { name, createdAt, salt, keys: raw['keys'] }
}

function isStoredKey(raw: unknown): raw is StoredKey {
  if (!isJsonObject(raw)) return false
  const { id, role, hash, createdAt } = raw
  return (
    typeof id === 'string' &&
    (role === 'write' || role === 'secret') &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof createdAt === 'number'
  )
}

function writeDocument(directory: string, document: WorkspaceDocument): void {
  writeFileAtomic(join(directory, FILE), `${JSON.stringify(document, null, 2)}\n`)
}
