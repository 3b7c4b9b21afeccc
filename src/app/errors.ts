import { defineErrors } from '../base/index.ts'

export const appErrors = defineErrors({
  APP_OVERLOADED: {
    status: 429,
    meaning: 'More events wait for the disk than the memory limit allows.',
    remedy: 'Send again after the time in Retry-After; nothing of this request was kept.',
  },
  APP_INVALID_ITEMS: {
    status: 400,
    meaning: 'The body of an item upload is not { "items": [...], "delete": [...] }.',
    remedy: 'Send a JSON object with a list of items, a list of item ids to delete, or both.',
  },
  APP_EVENT_FAILED: {
    status: 500,
    meaning: 'An accepted event could not be applied because of a fault in Attune.',
    remedy:
      'Report the fault with the reason from the dead letter; the event stays in the log and a rebuild applies it.',
  },
  APP_INVALID_UNMERGE: {
    status: 400,
    meaning:
      'The body of an un-merge is not { "first": { "type", "value" }, "second": { "type", "value" } }.',
    remedy: 'Name two identifiers of the person that must no longer belong together.',
  },
  APP_HISTORY_TRIMMED: {
    status: 409,
    meaning: 'The workspace cannot be rebuilt, because the beginning of its event log is gone.',
    remedy: 'Keep the present state; only a log that begins at offset 1 can be replayed.',
  },
})
