/**
 * Compiles src/math/kernels/assembly/*.ts (AssemblyScript) to build/kernels/*.wasm, one module a file, where
 * the sources or the compiler changed. Run by tools/setup.mjs, or by hand after changing a kernel.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = join(ROOT, 'src', 'math', 'kernels', 'assembly')
const BUILD = join(ROOT, 'build', 'kernels')

const FLAGS = [
  ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--uncheckedBehavior', 'always'],
  ['--enable', 'simd', '--enable', 'threads', '--enable', 'relaxed-simd'],
  // The host sizes the memory for each task; what the module declares is only the widest that it takes.
  ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
].flat()

/** Changes when a kernel's source, the shared sources, the flags or the compiler change. */
function fingerprintOf(name) {
  const hash = createHash('sha256').update(FLAGS.join(' '))
  const compiler = join(ROOT, 'node_modules', 'assemblyscript', 'package.json')
  hash.update(JSON.parse(readFileSync(compiler, 'utf8')).version)
  for (const shared of readdirSync(join(SOURCES, 'shared')).sort()) {
    hash.update(`${shared}\0`).update(readFileSync(join(SOURCES, 'shared', shared)))
  }
  return hash.update(readFileSync(join(SOURCES, `${name}.ts`))).digest('hex')
}

function isBuilt(name) {
  const stamp = join(BUILD, `${name}.sha256`)
  return (
    existsSync(join(BUILD, `${name}.wasm`)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === fingerprintOf(name)
  )
}

/** Names of the kernels whose module is missing or old. */
export function outdatedKernels() {
  if (!existsSync(join(ROOT, 'node_modules', 'assemblyscript'))) return []
  return readdirSync(SOURCES)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .filter((name) => !isBuilt(name))
}

/** Compiles one kernel. Returns the result of the compiler's process; its status is 0 when it went well. */
export function buildKernel(name, node = process.execPath) {
  mkdirSync(BUILD, { recursive: true })
  const fingerprint = fingerprintOf(name)
  const target = join(BUILD, `${name}.${process.pid}.wasm`)
  const asc = join(ROOT, 'node_modules', 'assemblyscript', 'bin', 'asc.js')
  const result = spawnSync(node, [asc, join(SOURCES, `${name}.ts`), ...FLAGS, '-o', target], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (result.status !== 0) return result
  renameSync(target, join(BUILD, `${name}.wasm`))
  writeFileSync(join(BUILD, `${name}.sha256`), fingerprint)
  return result
}

function main() {
  for (const name of outdatedKernels()) {
    const result = buildKernel(name)
    process.stderr.write(`${name}: ${result.status === 0 ? 'built' : 'failed'}\n`)
    process.stderr.write(`${result.stdout}${result.stderr}`)
    if (result.status !== 0) process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
