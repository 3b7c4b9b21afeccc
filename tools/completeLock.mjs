/**
 * Completes package-lock.json with the optional packages of other platforms.
 *
 * A lock written where a registry does not offer the builds of other platforms leaves those entries out,
 * and `npm ci` then refuses the lock as out of step (EUSAGE). Each missing entry is written with what
 * its name says: version, os, cpu and libc. It carries no integrity, as nothing was there to be hashed.
 * Registry addresses are removed, so that the lock works with any registry.
 *
 *     node tools/completeLock.mjs           completes the lock file
 *     node tools/completeLock.mjs --check   only says what is missing; exit code 1 when something is
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
])
const PROCESSORS = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
])

/** Where Node would find `name` when required from `from`: the nearest enclosing node_modules in the lock. */
function resolve(packages, from, name) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  ) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[path] !== undefined) return path
    if (folder === '') return undefined
  }
}

/**
 * Optional dependencies of locked packages that have no entry of their own.
 * @returns {{ owner: string, name: string, version: string, dev: boolean }[]}
 */
export function missingEntries(lock) {
  return Object.entries(lock.packages).flatMap(([owner, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => resolve(lock.packages, owner, name) === undefined)
      .map(([name, version]) => ({ owner, name, version, dev: entry.dev === true })),
  )
}

/** Reads os, cpu and libc from a name such as `@oxlint/binding-linux-x64-musl`. */
export function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = words.find((word) => SYSTEMS.has(word))
  const cpu = words.find((word) => PROCESSORS.has(word))
  if (os === undefined || cpu === undefined)
    throw new Error(`${name}: no platform in this name; add its entry by hand`)
  if (os !== 'linux') return { cpu: [cpu], os: [os] }
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return libc === undefined ? { cpu: [cpu], os: [os] } : { cpu: [cpu], libc: [libc], os: [os] }
}

/** A copy of the lock with an entry for every optional dependency and without registry addresses. */
export function completed(lock) {
  const added = missingEntries(lock).map(({ name, version, dev }) => {
    if (!/^\d/.test(version))
      throw new Error(`${name}@${version}: only exact versions can be completed`)
    return [
      `node_modules/${name}`,
      { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) },
    ]
  })
  const kept = Object.entries(lock.packages).map(([path, entry]) => {
    const { resolved, ...rest } = entry
    return [path, resolved === undefined || entry.link === true ? entry : rest]
  })
  const sorted = [...kept, ...added].sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(sorted) }
}

function main() {
  const path = new URL('../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const missing = missingEntries(lock)
  const check = process.argv.includes('--check')
  for (const { owner, name, version } of missing)
    console.log(`${check ? 'missing' : 'added'} ${name}@${version} of ${owner}`)
  if (check) process.exit(missing.length === 0 ? 0 : 1)
  writeFileSync(path, `${JSON.stringify(completed(lock), null, 2)}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main()
