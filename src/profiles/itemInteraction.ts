import type { Interaction } from '../events/index.ts'

/** An interaction whose item has its dense catalogue number. */
export type ItemInteraction = Interaction & { readonly number: number }
