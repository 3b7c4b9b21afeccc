/**
 * Named, immutable-when-read blobs: model versions, snapshots. Names are `a/b/c` of [A-Za-z0-9._-], no part begins with a
 * dot; any other name throws STORE_BAD_ARTIFACT_NAME.
 */
export interface ArtifactStore {
  /**
   * Atomic: a reader sees the old bytes or the new ones, also after a crash. On disk when it resolves.
   * @throws STORE_DISK_FULL
   */
  put(name: string, bytes: Uint8Array): Promise<void>
  /** @throws STORE_CORRUPT_ARTIFACT when the bytes do not match their checksum */
  get(name: string): Promise<Uint8Array | undefined>
  /** Names that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>
  delete(name: string): Promise<void>
}
