export interface LockFile {
  readonly packages: Readonly<Record<string, object>>
}

export interface MissingEntry {
  readonly owner: string
  readonly name: string
  readonly version: string
  readonly dev: boolean
}

export function missingEntries(lock: LockFile): readonly MissingEntry[]
export function platformOf(name: string): { cpu: string[]; os: string[]; libc?: string[] }
export function completed(lock: LockFile): { packages: Record<string, object> }
