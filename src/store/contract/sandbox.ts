import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { zstdDecompressSync } from 'node:zlib'

/** Things to undo after a test, newest first, whatever its outcome. */
export interface Sandbox {
  /** A new empty directory. */
  directory(): string
  /** Closes a store after the test; closing twice is allowed by every port. */
  keep<Store extends { close(): Promise<void> }>(store: Store): Store
  /** A directory on a file system of its own with this much room, or why there is none. */
  smallDisk(bytes: number): { readonly directory: string } | { readonly reason: string }
}

/** Registers the clean-up with the suite that calls it. */
export function useSandbox(): Sandbox {
  const undo: (() => void | Promise<void>)[] = []
  afterEach(async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  })
  const directory = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'attune-store-'))
    undo.push(() => rmSync(path, { recursive: true, force: true }))
    return path
  }
  return {
    directory,
    keep(store) {
      undo.push(() => store.close().catch(() => {}))
      return store
    },
    smallDisk(bytes) {
      if (process.getuid?.() !== 0) return { reason: 'mounting a small disk needs root' }
      const path = directory()
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
      if (mounted.status !== 0) return { reason: `mount: ${String(mounted.stderr).trim()}` }
      undo.push(() => void spawnSync('umount', [path]))
      return { directory: path }
    },
  }
}

/** Whether the text stands anywhere in the files of a directory, as it is or inside zstd-compressed parts. */
export function isOnDisk(directory: string, text: string): boolean {
  const wanted = Buffer.from(text)
  return filesOf(directory).some((path) => {
    const bytes = readFileSync(path)
    return bytes.includes(wanted) || unpackedParts(bytes).some((part) => part.includes(wanted))
  })
}

/** Every file below a directory. */
export function filesOf(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names.map((name) => join(directory, name)).filter((path) => statSync(path).isFile())
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

function unpackedParts(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = bytes.indexOf(ZSTD_MAGIC); at !== -1; at = bytes.indexOf(ZSTD_MAGIC, at + 4)) {
    try {
      parts.push(zstdDecompressSync(bytes.subarray(at)))
    } catch {
      // Not the beginning of a compressed part after all, or one that is cut.
    }
  }
  return parts
}
