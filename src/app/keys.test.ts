import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createKey,
  createWorkspace,
  listKeys,
  listWorkspaces,
  matchKey,
  readWorkspace,
  revokeKey,
  rotateKey,
} from './keys.ts'

let data = ''

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'attune-keys-'))
})

afterEach(() => {
  rmSync(data, { recursive: true })
})

describe('a new workspace', () => {
  it('has one key of each role, which its document matches', () => {
    const { directory, writeKey, secretKey } = createWorkspace(data, 'shop', 5)
    const { keys } = readWorkspace(directory)
    expect(matchKey(writeKey, keys)?.role).toBe('write')
    expect(matchKey(secretKey, keys)?.role).toBe('secret')
    expect(matchKey(`${secretKey}x`, keys)).toBeUndefined()
    expect(listWorkspaces(data)).toEqual(['shop'])
  })

  it('keeps its keys as hashes in a file for its owner alone', () => {
    const { directory, writeKey, secretKey } = createWorkspace(data, 'shop', 5)
    const path = join(directory, 'workspace.json')
    const text = readFileSync(path, 'utf8')
    expect(text).not.toContain(writeKey)
    expect(text).not.toContain(secretKey)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('has a salt of its own', () => {
    const one = createWorkspace(data, 'one', 5).document.salt
    const two = createWorkspace(data, 'two', 5).document.salt
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(one).not.toBe(two)
  })

  it('cannot take a name twice, or one that leaves the directory', () => {
    createWorkspace(data, 'shop', 5)
    expect(() => createWorkspace(data, 'shop', 5)).toThrow(/shop exists/)
    for (const name of ['../shop', '', 'Shop', 'a/b', '.', 'x'.repeat(64)]) {
      expect(() => createWorkspace(data, name, 5)).toThrow(/is not a workspace name/)
    }
  })
})

describe('keys', () => {
  it('go on working when another is created, and stop when they are rotated', () => {
    const { directory, writeKey, secretKey } = createWorkspace(data, 'shop', 5)
    const second = createKey(directory, 'write', 6)
    expect(matchKey(writeKey, readWorkspace(directory).keys)).toBeDefined()
    const third = rotateKey(directory, 'write', 7)
    const { keys } = readWorkspace(directory)
    expect(matchKey(writeKey, keys)).toBeUndefined()
    expect(matchKey(second.key, keys)).toBeUndefined()
    expect(matchKey(third.key, keys)?.id).toBe(third.id)
    expect(matchKey(secretKey, keys)?.role).toBe('secret')
  })

  it('are revoked by id; an unknown id is an error', () => {
    const { directory, writeKey } = createWorkspace(data, 'shop', 5)
    const [first] = listKeys(directory)
    revokeKey(directory, first?.id ?? '')
    expect(matchKey(writeKey, readWorkspace(directory).keys)).toBeUndefined()
    expect(() => revokeKey(directory, 'nope')).toThrow(/nope/)
  })

  it('are listed without their hashes', () => {
    const { directory } = createWorkspace(data, 'shop', 5)
    expect(listKeys(directory).map((key) => Object.keys(key))).toEqual([
      ['id', 'role', 'createdAt'],
      ['id', 'role', 'createdAt'],
    ])
  })
})

describe('a damaged workspace.json', () => {
  it.each(['', '{}', '[]', '{"name":"shop","createdAt":1,"salt":"short","keys":[]}'])(
    'is refused: %s',
    (text) => {
      const { directory } = createWorkspace(data, 'shop', 5)
      writeFileSync(join(directory, 'workspace.json'), text)
      expect(() => readWorkspace(directory)).toThrow(/damaged/)
    },
  )
})
