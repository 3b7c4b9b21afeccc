import { type AttuneError, defineErrors } from '../base/index.ts'

/** Everything that can go wrong between the engine and its disk. */
export const storeErrors = defineErrors({
  STORE_DISK_FULL: {
    status: 503,
    meaning: 'The disk has no room left; nothing of this write was kept.',
    remedy: 'Free space on the disk that holds the data directory; writing resumes by itself.',
  },
  STORE_IO: {
    status: 503,
    meaning: 'The disk failed to write or to sync; the fate of this write is unknown.',
    remedy: 'Look at the disk and the kernel log, then restart; senders may repeat the request.',
  },
  STORE_FAILED: {
    status: 500,
    meaning: 'The store failed in a way that it should not.',
    remedy: 'Restart; if it comes again, report the message.',
  },
  STORE_CORRUPT: {
    status: 500,
    meaning: 'A stored file is damaged.',
    remedy: 'Restore the file from a backup; everything but the event log can be rebuilt from it.',
  },
  STORE_BUSY: {
    status: 429,
    meaning: 'More bytes wait for the disk than the log may hold in memory.',
    remedy: 'Send again a little later; use a faster disk if it keeps happening.',
  },
  STORE_CLOSED: {
    status: 503,
    meaning: 'The store is closed.',
    remedy: 'Wait until the server has started again.',
  },
  STORE_LOCKED: {
    status: 409,
    meaning: 'Another process has this directory open.',
    remedy: 'Stop that process, or choose another data directory.',
  },
  STORE_CONFLICT: {
    status: 409,
    meaning: 'A row was changed by somebody else in the meantime.',
    remedy: 'Read the row again and repeat the change.',
  },
  STORE_UNKNOWN_QUERY: {
    status: 400,
    meaning: 'There is no analytics query of this name.',
    remedy: 'Use one of the names in the message.',
  },
  STORE_QUERY_PARAMETER: {
    status: 400,
    meaning: 'An analytics query was given a wrong or missing parameter.',
    remedy: 'Give the parameters that the message lists.',
  },
  STORE_BAD_ARTIFACT_NAME: {
    status: 400,
    meaning: 'An artefact name may only have parts of [A-Za-z0-9._-] separated by a slash.',
    remedy: 'Choose a name such as models/popular/1.',
  },
  STORE_CORRUPT_ARTIFACT: {
    status: 500,
    meaning: 'An artefact on disk does not match its checksum.',
    remedy: 'Delete it and build it again, or restore it from a backup.',
  },
})

/** A code of this domain, `STORE_…`. */
export type StoreErrorCode = keyof typeof storeErrors.kinds

/** An error of this domain by its code, for codes that arrive from a worker thread. */
export function storeError(code: StoreErrorCode, detail: string): AttuneError {
  return storeErrors[code](detail)
}
