import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client'

/** Upper bounds of the buckets, seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/**
 * One route's answers, as plain numbers that are turned into metrics when somebody asks: prom-client's own counter and
 * histogram look their labels up by a text that they make for each observation, 4 µs a request together.
 */
export class RouteTally {
  readonly route: string
  readonly #answers = new Map<number, number>()
  /** Answers by bucket, not cumulated; the last are those above all bounds. */
  readonly #buckets = new Float64Array(SECONDS.length + 1)
  #seconds = 0

  constructor(route: string) {
    this.route = route
  }

  /** @param startedAt performance.now() at arrival */
  done(status: number, startedAt: number): void {
    const seconds = (performance.now() - startedAt) / 1_000
    let bucket = 0
    while (bucket < SECONDS.length && seconds > (SECONDS[bucket] as number)) bucket++
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
    this.#seconds += seconds
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1)
  }

  /** Answers since the last call, by status. */
  takeAnswers(): readonly (readonly [number, number])[] {
    const taken = [...this.#answers]
    this.#answers.clear()
    return taken
  }

  /** The values of a Prometheus histogram; none before the first answer. */
  durations(name: string): readonly MetricValueWithName<'route' | 'le'>[] {
    const { route } = this
    const values: MetricValueWithName<'route' | 'le'>[] = []
    let count = 0
    for (const [k, answers] of this.#buckets.entries()) {
      count += answers
      const le = SECONDS[k] ?? '+Inf'
      values.push({ metricName: `${name}_bucket`, labels: { le, route }, value: count })
    }
    if (count === 0) return []
    values.push({ metricName: `${name}_sum`, labels: { route }, value: this.#seconds })
    values.push({ metricName: `${name}_count`, labels: { route }, value: count })
    return values
  }
}

const FORM = {
  name: 'attune_http_request_seconds',
  help: 'Time from the arrival of a request to its answer',
  registers: [],
}

/** The durations of all routes as one histogram. */
export class RouteSeconds extends Histogram<'route' | 'le'> {
  readonly #tallies: () => Iterable<RouteTally>
  /** Name, help and type as prom-client writes them. */
  readonly #form = new Histogram(FORM)

  constructor(tallies: () => Iterable<RouteTally>) {
    super(FORM)
    this.#tallies = tallies
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<'route' | 'le'>>> {
    const values = [...this.#tallies()].flatMap((tally) => tally.durations(FORM.name))
    return { ...(await this.#form.get()), values }
  }

  /** What the registry calls to write text. */
  getForPromString(): ReturnType<RouteSeconds['get']> {
    return this.get()
  }
}
