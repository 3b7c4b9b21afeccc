/** Named, immutable-when-read blobs: model versions, snapshots. Names are `a/b/c` of [A-Za-z0-9._-]. */
export interface ArtifactStore {
  /** Atomic: a reader sees the old bytes or the new ones, also after a crash. */
  put(name: string, bytes: Uint8Array): Promise<void>
  get(name: string): Promise<Uint8Array | undefined>
  /** Names that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>
  delete(name: string): Promise<void>
}
