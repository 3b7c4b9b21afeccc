/** Ways in, after the Segment HTTP tracking API. `import` is a batch of history: its timestamps are taken as they are. */
export const ROUTES = [
  'identify',
  'track',
  'page',
  'screen',
  'group',
  'alias',
  'batch',
  'import',
] as const

/** Position in ROUTES is part of the stored envelope: append only. */
export type Route = (typeof ROUTES)[number]

/** Does this route carry a list of messages? */
export function isBatchRoute(route: Route): route is 'batch' | 'import' {
  return route === 'batch' || route === 'import'
}
