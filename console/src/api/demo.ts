export interface SimulatedPerson {
  readonly userId: string
  readonly name: string
  /** Their taste in one line. */
  readonly about: string
}

/** `GET /v1/demo`: the simulated people and whether their traffic runs. */
export interface Demo {
  readonly people: readonly SimulatedPerson[]
  readonly paused: boolean
  readonly speed?: number
}
