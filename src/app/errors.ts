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
  APP_INVALID_CURSOR: {
    status: 400,
    meaning: 'The place from which to list on is not one that an earlier page gave.',
    remedy: 'Pass `next` of the page before unchanged, or leave it out to begin.',
  },
  APP_INVALID_UNMERGE: {
    status: 400,
    meaning:
      'The body of an un-merge is not { "first": { "type", "value" }, "second": { "type", "value" } }.',
    remedy: 'Name two identifiers of the person that must no longer belong together.',
  },
  APP_OTHER_FORMAT: {
    status: 409,
    meaning: 'The state of a workspace was written by another version of Attune, in another form.',
    remedy:
      'Run `attune rebuild` for this workspace: its log is unchanged, and everything else is made from it.',
  },
  APP_HISTORY_TRIMMED: {
    status: 409,
    meaning: 'The workspace cannot be rebuilt, because the beginning of its event log is gone.',
    remedy: 'Keep the present state; only a log that begins at offset 1 can be replayed.',
  },
})

export const configErrors = defineErrors({
  APP_CONFIG_UNKNOWN: {
    status: 400,
    meaning: 'A configuration key is not known.',
    remedy: 'Use the key that the message names; src/app/config.ts lists all of them.',
  },
  APP_CONFIG_INVALID: {
    status: 400,
    meaning: 'A configuration value has the wrong type or is out of range.',
    remedy: 'Give a value of the kind and range that the message states.',
  },
  APP_CONFIG_UNREADABLE: {
    status: 400,
    meaning: 'attune.json cannot be read as a JSON object.',
    remedy: 'Mend the file, or remove it to run on defaults.',
  },
})

export const workspaceErrors = defineErrors({
  APP_WORKSPACE_UNKNOWN: {
    status: 404,
    meaning: 'There is no workspace of that name.',
    remedy: 'List the workspaces with `attune workspaces list`, or create one.',
  },
  APP_WORKSPACE_EXISTS: {
    status: 409,
    meaning: 'A workspace of that name exists.',
    remedy: 'Choose another name.',
  },
  APP_WORKSPACE_NAME: {
    status: 400,
    meaning: 'A workspace name is not usable.',
    remedy: 'Use 1 to 63 lower-case letters, digits and hyphens, starting with a letter or digit.',
  },
  APP_WORKSPACE_DAMAGED: {
    status: 500,
    meaning: 'workspace.json cannot be read.',
    remedy: 'Restore workspace.json from a backup; without its salt, person ids cannot be rebuilt.',
  },
  APP_KEY_UNKNOWN: {
    status: 404,
    meaning: 'There is no key of that id.',
    remedy: 'List the keys with `attune keys list`.',
  },
})
