import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { webcrypto } from 'node:crypto'
import { dirname, join, relative, sep } from 'node:path'
import type { ArtifactStore } from '../../artifactStore.ts'
import { storeErrors } from '../../errors.ts'

/*
 * A file is its content followed by the SHA-256 of the content: one file, so one rename makes both visible.
 * Files being written live in `.writing`, a name that no artefact can have.
 */
const DIGEST_BYTES = 32
const WRITING = '.writing'
const NAME_PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const LONGEST_NAME = 500

/**
 * Artefacts as files of a directory. Writing syncs the file and its folder before it resolves.
 * Leftovers of writes that a crash cut short are removed here.
 */
export async function openDirectoryArtifacts(directory: string): Promise<ArtifactStore> {
  const writing = join(directory, WRITING)
  await rm(writing, { recursive: true, force: true })
  await mkdir(writing, { recursive: true })
  return new DirectoryArtifacts(directory, writing)
}

class DirectoryArtifacts implements ArtifactStore {
  readonly #directory: string
  readonly #writing: string
  #written = 0

  constructor(directory: string, writing: string) {
    this.#directory = directory
    this.#writing = writing
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name)
    const draft = join(this.#writing, String(++this.#written))
    try {
      await writeSynced(draft, [bytes, await sha256(bytes)])
      await makeFolder(dirname(path))
      await rename(draft, path)
      await syncFolder(dirname(path))
    } catch (error) {
      await rm(draft, { force: true })
      throw writeError(name, error)
    }
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const file = await readIfThere(this.#path(name))
    if (file === undefined) return undefined
    const content = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES))
    const digest = await sha256(content)
    if (Buffer.compare(digest, file.subarray(content.length)) !== 0) {
      throw storeErrors.STORE_CORRUPT_ARTIFACT(`The artefact ${name} does not match its checksum.`)
    }
    return content
  }

  async list(prefix: string): Promise<readonly string[]> {
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.#directory, join(entry.parentPath, entry.name)))
      .map((path) => path.split(sep).join('/'))
      .filter((name) => name.startsWith(prefix) && !name.startsWith(`${WRITING}/`))
      .sort()
  }

  async delete(name: string): Promise<void> {
    const path = this.#path(name)
    await rm(path, { force: true })
    await syncFolder(dirname(path)).catch(ignoreMissing)
  }

  #path(name: string): string {
    const parts = name.split('/')
    if (name.length > LONGEST_NAME || !parts.every((part) => NAME_PART.test(part))) {
      throw storeErrors.STORE_BAD_ARTIFACT_NAME()
    }
    return join(this.#directory, ...parts)
  }
}

async function writeSynced(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (const part of parts) await file.writeFile(part)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a folder; each new one is synced into its parent. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made))
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Runs on the crypto threads, so a large artefact does not stop the caller's. */
async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes))
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    ignoreMissing(error)
    return undefined
  }
}

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])
const NAME_CLASH = new Set(['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY'])

function ignoreMissing(error: unknown): void {
  if (!MISSING.has(codeOf(error))) throw error
}

function writeError(name: string, cause: unknown): unknown {
  if (codeOf(cause) === 'ENOSPC') return storeErrors.STORE_DISK_FULL('', { cause })
  if (!NAME_CLASH.has(codeOf(cause))) return cause
  return storeErrors.STORE_BAD_ARTIFACT_NAME(`${name} is an artefact and a folder at once.`, {
    cause,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
