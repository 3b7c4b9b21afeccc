/**
 * Makes a clone ready to run: installs the locked packages, builds the kernels and the console, each only when needed.
 * Runs on any Node.js from 20 on (the one that started npm); everything after it runs on node_modules/.bin/node.
 * Says one line on stderr for each thing it does, nothing when there is nothing to do, and all that a
 * failed step printed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildKernel, outdatedKernels } from './buildKernels.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LOCK = join(ROOT, 'build', 'setup.lock')
/** A step takes seconds to a few minutes; a lock file older than this was left by a process that died. */
const STALE_MS = 15 * 60_000
const WINDOWS = process.platform === 'win32'

const say = (line) => process.stderr.write(`attune: ${line}\n`)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

function same(a, b) {
  return (
    b !== undefined &&
    a.version === b.version &&
    (a.integrity === undefined || a.integrity === b.integrity)
  )
}

/** True when node_modules holds exactly what the lock file asks for (npm keeps its own record inside). */
function packagesReady() {
  const record = join(ROOT, 'node_modules', '.package-lock.json')
  if (!existsSync(record) || !(existsSync(ownNode()) || nodeIsNew())) return false
  const wanted = readJson(join(ROOT, 'package-lock.json')).packages
  const present = readJson(record).packages
  return (
    Object.entries(wanted).every(
      ([path, entry]) =>
        !path.startsWith('node_modules/') ||
        entry.link ||
        entry.optional ||
        same(entry, present[path]),
    ) &&
    Object.entries(present).every(
      ([path, entry]) =>
        !path.startsWith('node_modules/') ||
        entry.link ||
        (wanted[path] !== undefined && same(wanted[path], entry)),
    )
  )
}

/** True when the Node.js that started this could run everything by itself. */
function nodeIsNew() {
  return Number(process.versions.node.split('.')[0]) >= 24
}

function ownNode() {
  return join(ROOT, 'node_modules', 'node', 'bin', WINDOWS ? 'node.exe' : 'node')
}

/** The environment without this clone's own node_modules/.bin: npm replaces the Node that lies there. */
function outsideEnvironment() {
  const outside = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(ROOT, 'node_modules')))
  return { ...process.env, PATH: outside.join(delimiter), NODE_ENV: '' }
}

function npm(args) {
  const script = process.env.npm_execpath
  const own = script !== undefined && /npm-cli\.[cm]?js$/.test(script)
  const [command, first] = own ? ['node', [script]] : ['npm', []]
  return spawnSync(command, [...first, ...args, '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    env: outsideEnvironment(),
    encoding: 'utf8',
    shell: WINDOWS && !own,
    maxBuffer: 64 << 20,
  })
}

function failed(step, result) {
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  if (result.error !== undefined) process.stderr.write(`${result.error.message}\n`)
  say(`${step} failed${result.status === null ? '' : ` with exit code ${result.status}`}`)
  return result.status === null || result.status === 0 ? 1 : result.status
}

function installPackages() {
  say('installing packages (npm ci), once; takes up to a minute')
  const install = npm(['ci', '--include=dev', '--include=optional'])
  if (install.status !== 0) return failed('npm ci', install)
  if (existsSync(ownNode())) return 0
  // npm was told not to run install scripts; this one package needs its own to fetch the Node.js binary.
  const rebuild = npm(['rebuild', 'node', '--ignore-scripts=false'])
  if (existsSync(ownNode())) return 0
  if (nodeIsNew()) return 0
  return failed('fetching Node.js 24 (package "node")', rebuild)
}

/** Files that decide what the console's build contains. */
function consoleSources(folder = join(ROOT, 'console')) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.name !== 'dist' &&
        entry.name !== 'node_modules' &&
        !/\.test\.[a-z]+$/.test(entry.name),
    )
    .flatMap((entry) =>
      entry.isDirectory() ? consoleSources(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort((a, b) => (a < b ? -1 : 1))
}

function consoleFingerprint() {
  const hash = createHash('sha256')
  for (const path of [...consoleSources(), join(ROOT, 'package-lock.json')]) {
    hash
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

const STAMP = join(ROOT, 'build', 'console.sha256')

function consoleReady() {
  if (!existsSync(join(ROOT, 'console', 'index.html'))) return true
  return (
    existsSync(join(ROOT, 'console', 'dist', 'index.html')) &&
    existsSync(STAMP) &&
    readFileSync(STAMP, 'utf8') === consoleFingerprint()
  )
}

function buildConsole() {
  say('building the console')
  const fingerprint = consoleFingerprint()
  const node = existsSync(ownNode()) ? ownNode() : process.execPath
  const build = spawnSync(
    node,
    [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: join(ROOT, 'console'),
      env: { ...process.env, NODE_ENV: 'production' },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    },
  )
  if (build.status !== 0) return failed('building the console', build)
  writeFileSync(STAMP, fingerprint)
  return 0
}

function kernelsReady() {
  return outdatedKernels().length === 0
}

function buildKernels() {
  const node = existsSync(ownNode()) ? ownNode() : process.execPath
  for (const name of outdatedKernels()) {
    say(`building the kernel ${name}`)
    const build = buildKernel(name, node)
    if (build.status !== 0) return failed(`building the kernel ${name}`, build)
  }
  return 0
}

/** The process that holds the lock file, or undefined when that process is gone. */
function holder() {
  try {
    if (Date.now() - statSync(LOCK).mtimeMs > STALE_MS) return undefined
    const pid = Number(readFileSync(LOCK, 'utf8'))
    if (pid === 0) return 0 // being written at this moment
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return error.code === 'EPERM' ? 0 : undefined
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** A process that saw the old lock of a dead one may just now have moved ours aside instead. */
function stillOurs() {
  pause(20)
  return holder() === process.pid
}

/** Moves a dead process's lock file aside; of several that try, the rename lets one win. */
function breakLock() {
  const aside = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** Runs the work while no other setup of this clone runs. */
function exclusively(work) {
  mkdirSync(join(ROOT, 'build'), { recursive: true })
  for (let told = false; !(tryLock() && stillOurs());) {
    const pid = holder()
    if (pid === undefined) breakLock()
    else if (!told && pid !== 0) {
      say(`waiting for another setup (process ${pid})`)
      told = true
    }
    pause(200)
  }
  try {
    return work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function setUp() {
  if (!packagesReady()) {
    const code = installPackages()
    if (code !== 0) return code
  }
  const kernels = buildKernels()
  if (kernels !== 0) return kernels
  return consoleReady() ? 0 : buildConsole()
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  say(`needs Node.js 20 or newer to start; this is ${process.versions.node}`)
  process.exit(1)
}
process.exit(packagesReady() && kernelsReady() && consoleReady() ? 0 : exclusively(setUp))
