import { defineErrors } from '../base/index.ts'

/** Why an item or the catalogue's rows cannot be taken. */
export const catalogErrors = defineErrors({
  CATALOG_INVALID_ITEM: {
    status: 400,
    meaning: 'A field of an item has an impossible value.',
    remedy: 'Correct the named field; prices and stock are finite numbers of at least 0.',
  },
  CATALOG_UNKNOWN_FIELD: {
    status: 400,
    meaning: 'An item has a field that Attune does not know.',
    remedy: 'Put properties of your own under "attributes".',
  },
  CATALOG_TOO_MANY_ATTRIBUTES: {
    status: 400,
    meaning: 'The items of this workspace have too many different attributes.',
    remedy: 'Use at most 1,000 attribute names; put variable names into a list of texts.',
  },
  CATALOG_DAMAGED: {
    status: 500,
    meaning: 'The stored catalogue does not fit together.',
    remedy: 'Run "attune doctor"; the state can be rebuilt from the event log.',
  },
})
