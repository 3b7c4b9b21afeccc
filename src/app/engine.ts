import type { Clock, Json } from '../base/index.ts'
import type { Item } from '../catalog/index.ts'
import type { Decision, Placement } from '../decisions/index.ts'
import type { DeadLetter, Rejection, Route } from '../events/index.ts'
import type { ConsentGate } from '../privacy/index.ts'
import type { ProfileView } from '../profiles/index.ts'
import type { TrainingReport, TrainingState, TrainOptions } from '../training/index.ts'
import type { FedEvent, RatePoint } from './liveFeed.ts'
import type { ModelsView, TrainingSettings } from './modelling.ts'

export interface CollectResult {
  /** Messages that were logged and will be applied, duplicates included. */
  readonly accepted: number
  /** Messages that went to the dead letters. */
  readonly rejected: number
  /** Messages that the person's consent does not allow; not kept. */
  readonly refused: number
  /** What was rejected, by place in the body. */
  readonly rejections: readonly Rejection[]
}

export interface UpsertResult {
  readonly upserted: number
  readonly deleted: number
  readonly rejected: readonly {
    readonly index: number
    readonly code: string
    readonly reason: string
  }[]
}

export interface EngineStatus {
  readonly workspace: string
  readonly openedAt: number
  readonly events: number
  readonly rejected: number
  readonly duplicates: number
  readonly decisions: number
  readonly persons: number
  readonly items: number
  readonly corruptEntries: number
  /** Decisions that never reached the log because the disk refused them. */
  readonly decisionsLost: number
  /** What the log holds and the projections have not applied yet. */
  readonly lag: { readonly entries: number; readonly ms: number }
  readonly pendingBytes: number
  /** Offset of the newest durable entry and of the newest applied and committed ones. */
  readonly log: { readonly head: number; readonly applied: number; readonly committed: number }
  /** Set when the projector met an error that it is retrying. */
  readonly trouble: string | null
  readonly rate: readonly RatePoint[]
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** Pass it to get the rows after (or before) these; null at the end. */
  readonly next: string | null
}

/** One workspace: everything that is known and decided there. */
export interface Engine {
  readonly name: string
  readonly directory: string
  /**
   * Takes one Segment request body; resolves when it is on disk.
   * @throws EVENTS_* for a body that cannot be read, APP_OVERLOADED (429), STORE_DISK_FULL (503)
   */
  collect(route: Route, body: Uint8Array): Promise<CollectResult>
  /** @throws DECISIONS_* for a request that cannot be answered; never for a missing model or person. */
  decide(request: unknown): Promise<Decision>
  /** Replaces items whole and deletes others; resolves when it is on disk and visible. */
  upsertItems(body: unknown): Promise<UpsertResult>
  item(id: string): Promise<Item | undefined>
  /** Items that are in the catalogue, by id; unknown ids are left out. */
  itemsById(ids: readonly string[]): Promise<readonly Item[]>
  listItems(after: string, limit: number): Promise<Page<Item>>
  /** `type` is user_id, anonymous_id, email or the type of an external id. */
  profile(type: string, value: string): Promise<ProfileView | undefined>
  /**
   * Takes two identifiers of one person apart for good, by replaying the person's history.
   * @param request { first: { type, value }, second: { type, value } }
   * @returns the resulting persons, the oldest first
   * @throws APP_INVALID_UNMERGE, PROFILES_NOT_MERGED, PROFILES_HISTORY_TRIMMED
   */
  unmerge(request: unknown): Promise<{ readonly pids: readonly string[] }>
  placements(): readonly Placement[]
  placement(id: string, version?: number): Placement | undefined
  /** Writes a new version. @throws DECISIONS_* naming the path that is wrong */
  putPlacement(id: string, document: unknown): Promise<Placement>
  /**
   * Runs a named query over the analytics rows, at most seconds behind the log.
   * @throws STORE_UNKNOWN_QUERY and STORE_QUERY_PARAMETER, which name what there is
   */
  analytics(
    query: string,
    params: Readonly<Record<string, Json>>,
  ): Promise<readonly Readonly<Record<string, Json>>[]>
  recentEvents(after: number, limit: number): { events: readonly FedEvent[]; last: number }
  deadLetters(before: string, limit: number): Promise<Page<DeadLetter>>
  status(): Promise<EngineStatus>
  /** What is trained, kept and served. */
  models(): Promise<ModelsView>
  /**
   * Trains a model and promotes it if it is better beyond noise than what is served; decisions go on meanwhile.
   * @throws TRAINING_BUSY, TRAINING_STOPPED, MODELS_UNKNOWN_MODEL; what was served is served on
   */
  train(options?: TrainOptions): Promise<TrainingReport>
  /** Begins a training without waiting for it. @throws TRAINING_BUSY, MODELS_UNKNOWN_MODEL */
  startTraining(options?: TrainOptions): TrainingState
  /** Serves a version. @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION, TRAINING_PROMOTION_RACED */
  promoteModel(version: string): Promise<ModelsView>
  /** Serves what was served before the newest promotion. @throws TRAINING_NOTHING_BEFORE and as `promoteModel` */
  rollBackModel(): Promise<ModelsView>
  /** Cheap numbers for a metrics scrape; no I/O. */
  gauges(): { readonly lagEntries: number; readonly pendingBytes: number; readonly applied: number }
  /** Resolves when everything acknowledged so far has been applied to the projections. */
  settled(): Promise<void>
  /** Applies and stores what is under way, then lets go of the directory. */
  close(): Promise<void>
}

export interface EngineOptions {
  readonly training?: TrainingSettings
  /** Version of Attune, for the lineage of models. */
  readonly code?: string
  readonly clock?: Clock
  /** Memory for decoded profiles. */
  readonly profileCacheBytes?: number
  /** Bytes waiting for the disk above which `collect` refuses. */
  readonly maxPendingBytes?: number
  /** What an event may be used for; a pure function, so that a rebuild decides alike. Default: everything. */
  readonly consent?: ConsentGate
  /** Called with a code and without personal data when something needs an operator. */
  readonly onTrouble?: (code: string, detail: string) => void
}
