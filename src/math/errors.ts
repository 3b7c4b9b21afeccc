import { defineErrors } from '../base/index.ts'

/** None: callers of this floor are our own code, and a wrong argument is our own mistake. */
export const mathErrors = defineErrors({})
