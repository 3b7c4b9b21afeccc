import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { completed, missingEntries, platformOf } from '../tools/completeLock.mjs'
import { ROOT } from './source.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface LockEntry extends Manifest {
  readonly resolved?: string
  readonly link?: boolean
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

function asked(manifest: Manifest): readonly (readonly [string, string])[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
}

const manifests = {
  '': JSON.parse(read('package.json')) as Manifest,
  console: JSON.parse(read('console/package.json')) as Manifest,
}
const wanted = Object.values(manifests).flatMap(asked)
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> }

describe('dependencies', () => {
  test('have exact versions', () => {
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  test('each have a reason in docs/dependencies.md, and no other is named there', () => {
    const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)]
    const named = rows.map(([, name]) => name ?? '').sort()
    expect(named).toEqual(wanted.map(([name]) => name).sort())
    expect(rows.filter(([, , reason]) => (reason ?? '').length < 5)).toEqual([])
  })
})

describe('the lock file', () => {
  test('asks for what the manifests ask for, else npm ci refuses it', () => {
    for (const [path, manifest] of Object.entries(manifests)) {
      const locked = Object.fromEntries(asked(lock.packages[path] ?? {}))
      expect(locked).toEqual(Object.fromEntries(asked(manifest)))
    }
  })

  test('has an entry for the optional packages of every platform (node tools/completeLock.mjs)', () => {
    expect(missingEntries(lock)).toEqual([])
  })

  test('names no registry', () => {
    const addresses = Object.entries(lock.packages).filter(
      ([, entry]) => entry.resolved && !entry.link,
    )
    expect(addresses.map(([path]) => path)).toEqual([])
  })
})

describe('completing a lock', () => {
  const broken = {
    packages: {
      'node_modules/a': {
        version: '1.0.0',
        dev: true,
        resolved: 'https://example.test/a.tgz',
        optionalDependencies: {
          '@a/linux-x64-musl': '1.0.0',
          '@a/darwin-arm64': '1.0.0',
          b: '2.0.0',
        },
      },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
    },
  }

  test('adds what is missing and drops addresses', () => {
    expect(missingEntries(broken).map(({ name }) => name)).toEqual([
      '@a/linux-x64-musl',
      '@a/darwin-arm64',
    ])
    const { packages } = completed(broken)
    expect(packages['node_modules/@a/linux-x64-musl']).toEqual({
      version: '1.0.0',
      dev: true,
      optional: true,
      cpu: ['x64'],
      libc: ['musl'],
      os: ['linux'],
    })
    expect(packages['node_modules/a']).not.toHaveProperty('resolved')
    expect(missingEntries({ packages })).toEqual([])
  })

  test('reads the platform from the name, and refuses a name without one', () => {
    expect(platformOf('@oxfmt/binding-win32-arm64-msvc')).toEqual({ cpu: ['arm64'], os: ['win32'] })
    expect(platformOf('@x/binding-linux-arm-gnueabihf')).toEqual({
      cpu: ['arm'],
      libc: ['glibc'],
      os: ['linux'],
    })
    expect(() => platformOf('left-pad')).toThrow('no platform')
  })
})
