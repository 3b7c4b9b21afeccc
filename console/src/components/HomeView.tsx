import { PlacementRows } from './PlacementRows.tsx'

const VIEW = { kind: 'home' } as const

/** The shop's first page. */
export function HomeView() {
  return <PlacementRows view={VIEW} />
}
